import type { ByeCode } from "./protocol.js";

/** After these the client connects again by itself, and resumes. */
type PassingBye =
  "rate_limited" | "too_slow" | "protocol_error" | "store_unavailable" | "server_stopping" | "internal";
/** After this it joins again first: the server took it as gone. */
type LeftBye = "participant_left";
type FinalBye = Exclude<ByeCode, PassingBye | LeftBye>;

interface Words {
  readonly title: string;
  readonly fix: string;
}

const PASSING: Readonly<Record<PassingBye, true>> = {
  rate_limited: true,
  too_slow: true,
  protocol_error: true,
  store_unavailable: true,
  server_stopping: true,
  internal: true,
};

const NEW_LINK = "Ask for a new link.";

/** What a person reads when the server ended it. */
export const FINAL_BYES: Readonly<Record<FinalBye, Words>> = {
  session_ended: { title: "The session is over.", fix: "Join again if there is more to come." },
  participant_removed: {
    title: "You were removed from this session.",
    fix: "Ask the host if you think that this is a mistake.",
  },
  replaced: {
    title: "You joined from somewhere else.",
    fix: "Go on there, or reload this page to come back here.",
  },
  identity_connected: {
    title: "You are here from somewhere else already.",
    fix: "Close the other page, then join again here.",
  },
  token_invalid: { title: "This link is not valid.", fix: NEW_LINK },
  token_expired: { title: "This link has expired.", fix: NEW_LINK },
  token_revoked: { title: "Your invitation was taken back.", fix: NEW_LINK },
  origin_not_allowed: {
    title: "This page may not connect here.",
    fix: "Open the page that your link leads to.",
  },
};

/** Whether connecting again is all that is needed. */
export function isPassingBye(code: string): boolean {
  return Object.hasOwn(PASSING, code);
}

/** What to say after a `bye` that ends the session. A newer server may have codes that are not known here. */
export function wordsOfBye(code: string): Words {
  const isKnown = Object.hasOwn(FINAL_BYES, code);
  return isKnown
    ? FINAL_BYES[code as FinalBye]
    : { title: "The server closed the session.", fix: "Join again." };
}
