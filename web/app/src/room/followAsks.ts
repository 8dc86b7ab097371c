import type { ParticipantView, RoomSession, Source } from "@onstage/client";

/** What somebody wants me to turn on. `by` null: the server. */
export interface Ask {
  readonly source: Source;
  readonly by: string | null;
}

/**
 * Tells each ask to turn something on, and null once it is out of date: I may not send that any more, it was turned on
 * or off meanwhile, or the session is over. The answer ends it.
 */
export function followAsks(
  session: Pick<RoomSession, "on" | "state">,
  tell: (ask: Ask | null) => void,
): () => void {
  let asked: Ask | null = null;
  const set = (ask: Ask | null): void => {
    if (ask !== null || asked !== null) {
      asked = ask;
      tell(ask);
    }
  };
  const toggled = ({
    participant_id: id,
    track,
  }: {
    participant_id: string;
    track: { source: Source };
  }): void => {
    if (id === session.state.me.id && track.source === asked?.source) {
      set(null);
    }
  };
  const offs = [
    session.on("participant.unmute_requested", ({ source, by }) => set({ source, by })),
    session.on("snapshot", ({ me }) => {
      if (asked !== null && !maySend(me, asked.source)) {
        set(null);
      }
    }),
    session.on("track.muted", toggled),
    session.on("track.unmuted", toggled),
    session.on("session.ended", () => set(null)),
    session.on("closed", () => set(null)),
  ];
  return () => offs.forEach((off) => off());
}

function maySend({ presence, level, sources }: ParticipantView, source: Source): boolean {
  return presence === "joined" && level === "stage" && sources.includes(source);
}
