import type { Entry } from "./route.js";

const KEY = "onstage.name";

/** The name given last time on this machine, or the one in the link's token. */
export function storedName(entry: Entry): string {
  return "token" in entry ? nameInToken(entry.token) : (localStorage.getItem(KEY) ?? "");
}

export function storeName(name: string): void {
  localStorage.setItem(KEY, name);
}

/** Only for show: the server goes by the signed token. */
function nameInToken(token: string): string {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as { name?: unknown };
    return typeof claims.name === "string" ? claims.name : "";
  } catch {
    return "";
  }
}
