/** What a link carries: a room code, or a participant's token. */
export type Entry = { readonly code: string } | { readonly token: string };

export type Route =
  | { readonly page: "landing" }
  | { readonly page: "studio"; readonly entry: Entry }
  | { readonly page: "watch"; readonly entry: Entry };

/** `/studio/{code}`, `/watch/{code}`, or `#token=…` behind either. A fragment never reaches a server's log. */
export function parseRoute({ pathname, hash }: Pick<Location, "pathname" | "hash">): Route {
  const [, page, code] = pathname.split("/");
  const token = new URLSearchParams(hash.slice(1)).get("token");
  const entry = token ? { token } : code ? { code: decoded(code) } : null;
  if ((page === "studio" || page === "watch") && entry) {
    return { page, entry };
  }
  return { page: "landing" };
}

function decoded(code: string): string {
  try {
    return decodeURIComponent(code);
  } catch {
    return code; // what nobody wrote a link with: the server says that there is no such code
  }
}
