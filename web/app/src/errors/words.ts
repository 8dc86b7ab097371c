import type { OnstageError } from "@onstage/client";
import { formatWait } from "../chat/formatWait.js";
import { formatWhen } from "./formatWhen.js";

/** What went wrong, and what whoever reads it can do about it, if anything. */
export interface Words {
  readonly title: string;
  readonly advice: string | null;
}

type Say = Words | ((error: OnstageError, now: Date) => Words);

const NEW_LINK = "Ask for a new one.";
const MISTAKE = "Ask the host if you think that this is a mistake.";
const MOMENT = "Try again in a moment.";

/** For people on the pages: the server's own texts are for whoever builds with it. */
const WORDS: Readonly<Partial<Record<OnstageError["code"], Say>>> = {
  token_invalid: words("This link is no longer valid.", NEW_LINK),
  token_revoked: words("This link is no longer valid.", NEW_LINK),
  token_expired: words("This link has expired.", NEW_LINK),
  token_exceeds_key: words("This link does not work.", NEW_LINK),
  token_wrong_room: words("This link is for another room.", NEW_LINK),
  unknown_role: words("This link does not work.", NEW_LINK),
  join_too_late: words("The time to join with this link is over.", NEW_LINK),
  join_too_early: ({ retryAfterS }, now) =>
    words(
      "It is too early to join.",
      `Come back ${retryAfterS === null ? "later" : soon(retryAfterS, now)}.`,
    ),
  origin_not_allowed: words("This page may not connect here.", "Open the page that your link leads to."),
  room_code_not_found: words("No room has this code.", "Check it, or ask for a new link."),
  room_code_expired: words("This link has expired.", NEW_LINK),
  room_code_used_up: words("This link was used as often as it may be.", NEW_LINK),
  room_not_found: words("This room is not there any more.", "Ask for a new link."),
  room_not_open: notOpen,
  room_full: words("The room is full.", "Try again when somebody has left."),
  room_locked: words(
    "The room is locked.",
    "Nobody can join at the moment. Try again later, or ask the host.",
  ),
  stage_full: words("No place is free.", "Try again when somebody has gone."),
  identity_connected: words(
    "You are here from somewhere else already.",
    "Close the other page, then join again here.",
  ),
  participant_removed: words("You were removed from this session.", MISTAKE),
  participant_banned: words("You can't join this room.", MISTAKE),
  participant_left: words("You have left the session.", "Join again to go on."),
  session_ended: words("The session is over.", "Join again if there is more to come."),
  rate_limited: ({ retryAfterS }, now) => words("That was too often.", tryAgain(retryAfterS, now)),
  sending_too_fast: ({ retryAfterS }, now) => words("That was too fast.", tryAgain(retryAfterS, now)),
  slow_mode: ({ retryAfterS }, now) => words("The chat is in slow mode.", tryAgain(retryAfterS, now)),

  permission_denied: words("You can't do that here.", "Ask the host."),
  not_on_stage: words("Only people on stage can do that.", "Ask the host."),
  outranked: words("You can't do that to this person.", "Ask the host."),
  participant_not_found: words("This person is not here any more."),
  already_on_stage: words("This person is on stage already."),
  not_promoted: words("This person is not on stage."),
  participant_not_on_stage: words("This person is not on stage."),
  source_not_allowed: words("This person can't be asked for that."),
  track_not_found: words("There is nothing to mute."),
  invite_closed: words("This invite is over."),
  invite_not_found: words("This invite is over."),
  hand_not_raisable: words("You are on stage already."),

  malformed: words("That can't be sent as it is.", "Change what you wrote, then try again."),
  chat_muted: words("A moderator has muted you in the chat."),
  chat_disabled: words("The chat is closed."),
  message_not_found: words("This message is not there any more."),
  message_not_pinnable: words("This message can't be pinned."),
  too_many_pinned: words("No more messages can be pinned.", "Unpin one first."),
  poll_not_found: words("This poll is not there any more."),
  poll_not_open: words("This poll is not open."),
  poll_already_started: words("This poll has started, so it can't be changed."),
  poll_limit_reached: words("There are too many polls.", "Stop one first."),
  already_voted: words("You have answered already."),

  broadcast_active: words("The show is on air already."),
  broadcast_over: words("The show is over already."),
  broadcast_not_found: words("The show is over already."),
  output_exists: words("The show goes there already."),
  output_not_found: words("This target is not there any more."),
  output_limit_reached: words("The show goes to as many places as it may.", "Remove one first."),
  url_not_allowed: words(
    "The server may not connect there.",
    "Check the URL, or ask whoever runs this server.",
  ),
  capacity_exhausted: words("No more shows can be on air here just now.", "Try again later."),
  engine_unavailable: words("The stage does not answer.", MOMENT),
  store_unavailable: words("The server can't do that just now.", MOMENT),
  internal: words("Something broke on our side.", MOMENT),
};

const NEUTRAL = words("That did not work.", "Try again in a moment. If it goes on, ask the host.");

/** What a person reads at `error`, which came at `now`. What fails in the browser has words of its own. */
export function wordsOf(error: OnstageError, now: Date): Words {
  const found = Object.hasOwn(WORDS, error.code) ? WORDS[error.code] : undefined;
  if (found === undefined) {
    return error.status === null ? words(error.title, error.fix) : NEUTRAL;
  }
  return typeof found === "function" ? found(error, now) : found;
}

function words(title: string, advice: string | null = null): Words {
  return { title, advice };
}

/** `expected` is "from" or "before" a time of RFC 3339. */
function notOpen({ expected }: OnstageError, now: Date): Words {
  const [side, time = ""] = (expected ?? "").split(" ");
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) {
    return words("The room is not open now.", "Ask the host when it is.");
  }
  return side === "before"
    ? words("The room is closed.", `It closed ${formatWhen(at, now)}.`)
    : words("The room is not open yet.", `It opens ${formatWhen(at, now)}.`);
}

function tryAgain(seconds: number | null, now: Date): string {
  return seconds === null ? MOMENT : `Try again ${soon(seconds, now)}.`;
}

/** A wait that is short enough to sit through, or else the time when it is over. */
function soon(seconds: number, now: Date): string {
  return seconds < 600
    ? `in ${formatWait(seconds)}`
    : formatWhen(new Date(now.getTime() + seconds * 1000), now);
}
