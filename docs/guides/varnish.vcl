# Varnish 7 in front of Onstage's /live and /vod: one fill for everybody, and nobody served who may not play.
# docs/guides/cdn.md says why; tests/playback/test_varnish.py runs this very file.
vcl 4.1;
import std;

backend onstage {
    .host = "127.0.0.1";
    .port = "8080";
    # A reload is held for up to three target durations (6 s, and 12 s with the profile `safe`).
    .first_byte_timeout = 20s;
    .between_bytes_timeout = 10s;
}

sub vcl_recv {
    if (req.restarts == 0) {
        unset req.http.X-Onstage-Url;
    }
    if (req.url !~ "^/(live|vod)/" || (req.method != "GET" && req.method != "HEAD")) {
        return (pass); # REST, beacons, preflights
    }
    if (req.url ~ "^[^?]*%") {
        return (synth(404)); # no path of ours needs it, and what hides a `~` is up to no good
    }
    unset req.http.Cookie;
    unset req.http.Authorization;
    if (req.restarts == 0) {
        # Of the query only the directives: they name a state of the list. A `sid` does not.
        set req.url = regsuball(req.url, "([?&])(?!_HLS_(?:msn|part|skip)=)[^&]*", "\1");
        set req.url = regsuball(req.url, "&&+", "&");
        set req.url = regsub(regsub(req.url, "\?&", "?"), "[?&]+$", "");
        set req.url = std.querysort(req.url);
        # First ask whether the token, or everybody, may play. The answer is kept for some seconds, for each token.
        set req.http.X-Onstage-Url = req.url;
        set req.url = regsub(req.url, "^(/(?:live|vod)(?:/~[^/?]*)?/[^/?]*).*$", "\1/allowed");
    } else {
        set req.url = req.http.X-Onstage-Url; # it may: now what was asked for
    }
    return (hash);
}

sub vcl_hash {
    if (req.restarts == 0) {
        hash_data(req.url);
    } else {
        hash_data(regsub(req.url, "^/(live|vod)/~[^/]*", "/\1")); # the bytes are the same with every token
    }
    return (lookup);
}

sub vcl_backend_response {
    set beresp.grace = 0s; # a playlist of before, or a token that was good, helps nobody
    if (beresp.http.Cache-Control ~ "no-store") {
        set beresp.uncacheable = true; # refused after all: of one token, not of those that wait for the same
        set beresp.ttl = 0s;
    } elsif (beresp.status >= 400 && beresp.ttl > 1s) {
        set beresp.ttl = 1s;
    }
    return (deliver);
}

sub vcl_deliver {
    if (req.http.X-Onstage-Url && req.restarts == 0 && resp.status == 204) {
        return (restart);
    }
}
