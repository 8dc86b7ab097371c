import type { Entry } from "./route.js";

/** A code makes a new participant each time; the token that came of it makes a reload the same one again. */
const key = (code: string): string => `onstage.token.${code}`;

export function storedToken(entry: Entry): string | null {
  return "token" in entry ? entry.token : sessionStorage.getItem(key(entry.code));
}

export function storeToken(entry: Entry, token: string): void {
  if ("code" in entry) {
    sessionStorage.setItem(key(entry.code), token);
  }
}

export function forgetToken(entry: Entry): void {
  if ("code" in entry) {
    sessionStorage.removeItem(key(entry.code));
  }
}
