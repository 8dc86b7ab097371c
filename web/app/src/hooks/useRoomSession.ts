import { OnstageError, RoomSession, type PublishChoice } from "@onstage/client";
import { useCallback, useRef, useState } from "react";
import { exposeSession } from "../diagnostics.js";
import { followEnd } from "../followEnd.js";
import type { Entry } from "../route.js";
import { forgetToken, storedToken, storeToken } from "../storedToken.js";

export type JoinState =
  | { readonly phase: "idle" | "joining" }
  | { readonly phase: "joined"; readonly session: RoomSession }
  | { readonly phase: "failed"; readonly error: OnstageError }
  | { readonly phase: "left"; readonly error: OnstageError | null; readonly reason: string | null };

interface JoinWish {
  readonly name?: string;
  readonly publish?: PublishChoice;
}

interface Joining {
  readonly state: JoinState;
  readonly join: (wish: JoinWish) => void;
  /** Leaves, and joins as somebody new under another name. For code links only. */
  readonly rejoin: (wish: JoinWish) => void;
}

/** Joins with a link's code or token, one at a time, and follows the session to its end. */
export function useRoomSession(entry: Entry): Joining {
  const [state, setState] = useState<JoinState>({ phase: "idle" });
  const current = useRef<RoomSession | "joining" | null>(null);

  const join = useCallback(
    (wish: JoinWish) => {
      if (current.current !== null) {
        return;
      }
      current.current = "joining";
      setState({ phase: "joining" });
      joinAs(entry, wish)
        .then((session) => {
          current.current = session;
          exposeSession(session);
          const reasonOf = followEnd(session);
          session.on("closed", (error) => {
            if (current.current === session) {
              current.current = null;
              setState({ phase: "left", error, reason: reasonOf() });
            }
          });
          setState({ phase: "joined", session });
        })
        .catch((error: unknown) => {
          current.current = null;
          setState({ phase: "failed", error: OnstageError.from(error, "server_unreachable") });
        });
    },
    [entry],
  );

  const rejoin = useCallback(
    (wish: JoinWish) => {
      const session = current.current;
      if (session instanceof RoomSession) {
        current.current = null;
        forgetToken(entry);
        void session.leave();
        join(wish);
      }
    },
    [entry, join],
  );

  return { state, join, rejoin };
}

async function joinAs(entry: Entry, wish: JoinWish): Promise<RoomSession> {
  const token = storedToken(entry);
  try {
    const session = await RoomSession.join({ ...(token ? { token } : entry), ...wish });
    storeToken(entry, session.token);
    return session;
  } catch (error) {
    const isStale =
      "code" in entry && token !== null && error instanceof OnstageError && error.status === 401;
    if (!isStale) {
      throw error;
    }
    forgetToken(entry);
    return joinAs(entry, wish);
  }
}
