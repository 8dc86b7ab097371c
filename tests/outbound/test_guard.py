"""What users' URLs may name, one row a trick."""

import pytest

from onstage.errors import ErrorCode, OnstageError, StartError
from onstage.outbound import Guard, Policy, read_policy
from tests.support.refusals import refusal

NAMES = {
    "hooks.example.com": ["93.184.216.34"],
    "both.example.com": ["93.184.216.34", "2606:2800:220:1::1"],
    "xn--bcher-kva.example": ["93.184.216.34"],
    "six.example.com": ["2606:2800:220:1::1"],
    "localhost": ["127.0.0.1", "::1"],
    "inside.example.com": ["10.1.2.3"],
    "half.example.com": ["93.184.216.34", "10.1.2.3"],
    "half-six.example.com": ["93.184.216.34", "fd00::1"],
    "mapped.example.com": ["::ffff:10.0.0.1"],
    "scoped.example.com": ["fe80::1%eth0"],
    "metadata.google.internal": ["169.254.169.254"],
    "empty.example.com": [],
}


async def resolve(host: str, port: int) -> list[str]:
    if host not in NAMES:
        raise OSError("no such host")
    return NAMES[host]


ALLOWED = [
    ("https://hooks.example.com", "https://hooks.example.com/"),
    ("https://hooks.example.com/a?b=c", "https://hooks.example.com/a?b=c"),
    ("https://hooks.example.com/a#part", "https://hooks.example.com/a"),
    ("HTTPS://HOOKS.Example.COM/", "https://hooks.example.com/"),
    ("https://hooks.example.com.", "https://hooks.example.com./"),
    ("https://hooks.example.com:443/", "https://hooks.example.com/"),
    ("https://hooks.example.com:80/", "https://hooks.example.com:80/"),
    ("https://hooks.example.com:8443/", "https://hooks.example.com:8443/"),
    ("https://hooks.example.com:65535/", "https://hooks.example.com:65535/"),
    ("https://both.example.com/", "https://both.example.com/"),
    ("https://six.example.com/", "https://six.example.com/"),
    ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
    ("https://hooks.ex\u24d0mple.com/", "https://hooks.example.com/"),  # a letter in a circle is that letter (UTS 46)
    ("https://93.184.216.34/", "https://93.184.216.34/"),
    ("https://[2606:2800:220:1::1]/", "https://[2606:2800:220:1::1]/"),
    ("https://[2606:2800:220:1::1]:8443/x", "https://[2606:2800:220:1::1]:8443/x"),
]

REFUSED = [
    # the form
    ("", "no scheme"),
    ("hooks.example.com", "no scheme"),
    ("//hooks.example.com/", "no scheme"),
    ("https:hooks.example.com", "no host"),
    ("https:///hooks.example.com", "no host"),
    ("https://", "no host"),
    ("https://?x", "no host"),
    (" https://hooks.example.com/", "spaces"),
    ("https://hooks.example.com/\n", "spaces"),
    ("https://hooks.exam\tple.com/", "spaces"),
    ("https://hooks.example.com\\@10.0.0.1/", "backslashes"),
    ("https:\\\\hooks.example.com", "backslashes"),
    ("https://hooks.example.com/\x00", "control characters"),
    ("https://hooks.example.com/" + "x" * 2_000, "too long"),
    ("https://hooks.example.com:99999/", "can't be read"),
    ("https://hooks example.com/", "spaces"),
    ("https://[::1/", "can't be read"),
    ("https://[fe80::1%25eth0]/", "can't be read"),
    ("https://256.256.256.256/", "can't be read"),
    ("https://1.2.3.4.5/", "can't be read"),
    ("https://0x/", "unspecified"),
    # the scheme
    ("http://hooks.example.com/", "not encrypted"),
    ("ftp://hooks.example.com/", "scheme 'ftp'"),
    ("file:///etc/passwd", "no host"),
    ("gopher://hooks.example.com/", "scheme 'gopher'"),
    ("unix://var/run/docker.sock", "scheme 'unix'"),
    ("javascript:alert(1)", "no scheme"),
    ("ws://hooks.example.com/", "scheme 'ws'"),
    # credentials
    ("https://user:secret@hooks.example.com/", "credentials"),
    ("https://user@hooks.example.com/", "credentials"),
    ("https://:secret@hooks.example.com/", "credentials"),
    ("https://hooks.example.com@10.0.0.1/", "credentials"),
    # the port
    ("https://hooks.example.com:22/", "port 22"),
    ("https://hooks.example.com:25/", "port 25"),
    ("https://hooks.example.com:1023/", "port 1023"),
    ("https://hooks.example.com:0/", "port 0"),
    # names
    ("https://nobody.example.com/", "no address"),
    ("https://empty.example.com/", "no address"),
    ("https://localhost/", "loopback"),
    ("https://LOCALHOST:8080/", "loopback"),
    ("https://localhost./", "loopback"),
    ("https://l\u24deca\u24dbhost/", "loopback"),
    ("https://localhost\u3002/", "loopback"),  # an ideographic full stop is a dot
    ("https://inside.example.com/", "private"),
    ("https://half.example.com/", "private"),
    ("https://half-six.example.com/", "private"),
    ("https://mapped.example.com/", "IPv4 address in IPv6"),
    ("https://scoped.example.com/", "link-local"),
    ("https://metadata.google.internal/", "link-local"),
    # IPv4, and its odd spellings
    ("https://127.0.0.1/", "loopback"),
    ("https://127.8.9.10/", "loopback"),
    ("https://127.0.0.1./", "loopback"),
    ("https://127.1/", "loopback"),
    ("https://127.0.1/", "loopback"),
    ("https://2130706433/", "loopback"),
    ("https://0x7f000001/", "loopback"),
    ("https://0x7f.1/", "loopback"),
    ("https://0x7f.0x0.0x0.0x1/", "loopback"),
    ("https://0177.0.0.1/", "loopback"),
    ("https://017700000001/", "loopback"),
    ("https://\u2460\u2461\u2466.0.0.1/", "loopback"),
    ("https://127\u30020\u30020\u30021/", "loopback"),
    ("https://%31%32%37.0.0.1/", "loopback"),
    ("https://0/", "unspecified"),
    ("https://0.0.0.0/", "unspecified"),
    ("https://10.0.0.1/", "private"),
    ("https://172.16.0.1/", "private"),
    ("https://172.31.255.255/", "private"),
    ("https://192.168.1.1/", "private"),
    ("https://100.64.0.1/", "shared"),
    ("https://100.100.100.200/", "shared"),  # Alibaba's metadata
    ("https://169.254.169.254/latest/meta-data/", "link-local"),
    ("https://168.63.129.16/", "metadata"),
    ("https://192.0.0.192/", "protocols"),  # Oracle's metadata
    ("https://192.0.2.1/", "documentation"),
    ("https://198.51.100.7/", "documentation"),
    ("https://203.0.113.9/", "documentation"),
    ("https://198.18.0.1/", "benchmarks"),
    ("https://192.88.99.1/", "6to4"),
    ("https://224.0.0.1/", "multicast"),
    ("https://240.0.0.1/", "reserved"),
    ("https://255.255.255.255/", "reserved"),
    # IPv6, and IPv4 within it
    ("https://[::]/", "unspecified"),
    ("https://[::1]/", "loopback"),
    ("https://[0:0:0:0:0:0:0:1]/", "loopback"),
    ("https://[::127.0.0.1]/", "IPv4 address in IPv6"),
    ("https://[::ffff:127.0.0.1]/", "IPv4 address in IPv6"),
    ("https://[::ffff:7f00:1]/", "IPv4 address in IPv6"),
    ("https://[::ffff:93.184.216.34]/", "IPv4 address in IPv6"),
    ("https://[::ffff:0:127.0.0.1]/", "IPv4 address in IPv6"),
    ("https://[64:ff9b::127.0.0.1]/", "NAT64"),
    ("https://[64:ff9b:1::7f00:1]/", "NAT64"),
    ("https://[2002:7f00:1::]/", "6to4"),
    ("https://[2001:0:7f00:1::1]/", "Teredo"),
    ("https://[2001:10::1]/", "protocols"),
    ("https://[2001:db8::1]/", "documentation"),
    ("https://[3fff::1]/", "documentation"),
    ("https://[100::1]/", "discarded"),
    ("https://[fc00::1]/", "private"),
    ("https://[fd00:ec2::254]/", "private"),  # Amazon's metadata
    ("https://[fe80::1]/", "link-local"),
    ("https://[fec0::1]/", "private"),
    ("https://[ff02::1]/", "multicast"),
    ("https://[5f00::1]/", "reserved"),
    ("https://[4000::1]/", "reserved"),
]


@pytest.mark.parametrize(("url", "normal"), ALLOWED)
async def test_a_public_https_url_is_allowed_in_its_normal_form(url: str, normal: str) -> None:
    assert (await Guard(resolve=resolve).check(url)).url == normal


@pytest.mark.parametrize(("url", "why"), REFUSED)
async def test_anything_else_is_refused_with_its_reason(url: str, why: str) -> None:
    error = await refusal(Guard(resolve=resolve).check(url))
    assert error.code is ErrorCode.URL_NOT_ALLOWED
    [problem] = error.errors
    assert problem.path == "url"
    assert why in problem.problem


async def test_of_a_name_the_addresses_are_not_told() -> None:
    """Or the guard would be a resolver of the inner network for everybody who has a project."""
    error = await refusal(Guard(resolve=resolve).check("https://inside.example.com/"))
    assert "10.1.2.3" not in str(error.problem())


OPERATOR_ALLOWED = [
    ("10.0.0.0/8", "https://10.1.2.3/"),
    ("10.0.0.0/8", "https://inside.example.com/"),
    ("10.0.0.0/8", "http://10.1.2.3:8080/"),
    ("10.0.0.0/8:8080", "http://10.1.2.3:8080/"),
    ("127.0.0.1", "http://127.0.0.1:9/"),
    ("127.0.0.1:9", "http://127.0.0.1:9/"),
    ("127.0.0.1:22", "http://0x7f.1:22/"),
    ("[::1]:3000", "http://[::1]:3000/"),
    ("::1", "http://[::1]:3000/"),
    ("fd00::/8", "https://[fd00::5]/"),
    ("localhost", "http://localhost:3000/"),
    ("localhost:3000", "http://localhost:3000/"),
    ("LOCALHOST:3000", "http://localhost.:3000/"),
    ("localhost, inside.example.com:8080", "http://inside.example.com:8080/"),
]

STILL_REFUSED = [
    ("10.0.0.0/8", "https://192.168.1.1/"),
    ("10.0.0.0/8", "http://inside.example.com/"),  # by name, only https: who knows where it leads tomorrow
    ("10.0.0.0/8:8080", "https://10.1.2.3:8081/"),
    ("127.0.0.1:9", "http://127.0.0.1:10/"),
    ("127.0.0.1", "https://localhost/"),  # of its two addresses, ::1 is not allowed
    ("localhost:3000", "http://localhost:3001/"),
    ("localhost", "https://127.0.0.1/"),
    ("example.com", "https://inside.example.com/"),
    ("127.0.0.1", "https://user@127.0.0.1/"),
    ("127.0.0.1", "ftp://127.0.0.1/"),
    ("169.254.0.0/16", "https://[::ffff:169.254.169.254]/"),
]


@pytest.mark.parametrize(("allow", "url"), OPERATOR_ALLOWED)
async def test_what_the_operator_names_is_allowed_though_private(allow: str, url: str) -> None:
    policy = read_policy(allow, "80,443", is_http_allowed=False)
    assert await Guard(policy, resolve=resolve).check(url)


@pytest.mark.parametrize(("allow", "url"), STILL_REFUSED)
async def test_what_the_operator_did_not_name_stays_refused(allow: str, url: str) -> None:
    policy = read_policy(allow, "80,443", is_http_allowed=False)
    assert (await refusal(Guard(policy, resolve=resolve).check(url))).code is ErrorCode.URL_NOT_ALLOWED


async def test_ports_and_plain_http_are_the_operators_to_allow() -> None:
    guard = Guard(read_policy("", "443, 587", is_http_allowed=True), resolve=resolve)
    assert await guard.check("https://hooks.example.com:587/")
    assert await guard.check("http://hooks.example.com:8080/")
    for url in ("http://hooks.example.com/", "http://localhost:8080/"):
        with pytest.raises(OnstageError):
            await guard.check(url)


@pytest.mark.parametrize(
    "allow",
    [
        "10.0.0.0/33",
        "10.0.0.1/8",
        "1.2.3",
        "http://x",
        "x:0",
        "x:99999",
        "10.0.0.0/8:0",
        "[::1]:65536",
        "-x",
        "*",
        "a b",
    ],
)
def test_a_list_that_can_not_be_read_stops_the_start(allow: str) -> None:
    with pytest.raises(StartError, match="outbound_allow"):
        read_policy(allow, "", is_http_allowed=False)


@pytest.mark.parametrize("ports", ["0", "1024", "-1", "x", "\u0664"])
def test_ports_that_can_not_be_read_stop_the_start(ports: str) -> None:
    with pytest.raises(StartError, match="outbound_ports"):
        read_policy("", ports, is_http_allowed=False)


async def test_schemes_of_others_are_checked_by_the_same_rules() -> None:
    """As RTMP targets will be: the host of an unknown scheme is not normalised, its address is checked all the same."""
    guard = Guard(Policy(), resolve=resolve)
    target = guard.read("rtmp://hooks.example.com/live", schemes={"rtmp": 1935})
    assert (target.host, target.port) == ("hooks.example.com", 1935)
