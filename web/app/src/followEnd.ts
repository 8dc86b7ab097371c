import type { RoomSession } from "@onstage/client";

/** What the server's own reasons mean; others are texts of whoever ended it. "ended" says nothing more. */
const REASONS: Readonly<Record<string, string | null>> = {
  ended: null,
  empty: "Nobody was there any more.",
  scheduled_end: "Its time was over.",
  max_duration: "It had lasted as long as it may.",
  idle: "The stage had been empty for a while.",
  deleted: "The room was deleted.",
};

/** Listens for why a session ends for me; the answer tells it, once it has. */
export function followEnd(session: RoomSession): () => string | null {
  let reason: string | null = null;
  session.on("participant.removed", ({ participant, reason: given }) => {
    reason = participant.id === session.state.me.id ? given : reason;
  });
  session.on("session.ended", ({ session: { end_reason: given } }) => (reason ??= inWords(given)));
  return () => reason;
}

/** A reason as people read it; null if there is none. */
export function inWords(reason: string | null): string | null {
  return reason !== null && Object.hasOwn(REASONS, reason) ? (REASONS[reason] ?? null) : reason;
}
