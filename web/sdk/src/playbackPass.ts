/** What comes before the segment of a path that holds a playback token, and that segment, if there is one. */
const PASS = /^(.*\/(?:live|vod))(\/~[^/]*)?\//;

/** The URL of the server's `path`, below `/live` or `/vod`, with the playback token of `current`, if that has one. */
export function withPath(current: string, path: string): string {
  const url = new URL(current);
  const from = PASS.exec(url.pathname);
  const below = (from?.[1] ?? "").replace(/\/(?:live|vod)$/, "");
  url.pathname = below + path.replace(/^\/(?:live|vod)/, (noun) => noun + (from?.[2] ?? ""));
  url.search = "";
  return url.href;
}

/** `url` with the playback token of `current`, or without one if that has none; another server's stays as it is. */
export function withPassOf(current: string, url: string): string {
  const own = new URL(current);
  const asked = new URL(url, own);
  const from = PASS.exec(own.pathname);
  const to = PASS.exec(asked.pathname);
  if (asked.origin !== own.origin || from === null || to === null || to[1] !== from[1]) {
    return url;
  }
  asked.pathname = `${from[1] ?? ""}${from[2] ?? ""}/${asked.pathname.slice(to[0].length)}`;
  return asked.href;
}
