import { OnstageError, RoomSession, type PublishChoice } from "@onstage/client";
import { useCallback, useRef, useState } from "react";
import { exposeSession } from "../diagnostics.js";
import type { Entry } from "../route.js";
import { forgetToken, storedToken, storeToken } from "../storedToken.js";

export type JoinState =
  | { readonly phase: "idle" | "joining" }
  | { readonly phase: "joined"; readonly session: RoomSession }
  | { readonly phase: "failed" | "left"; readonly error: OnstageError | null };

interface JoinWish {
  readonly name?: string;
  readonly publish?: PublishChoice;
}

/** Joins with a link's code or token, once, and follows the session to its end. */
export function useRoomSession(entry: Entry): { state: JoinState; join: (wish: JoinWish) => void } {
  const [state, setState] = useState<JoinState>({ phase: "idle" });
  const isBusy = useRef(false);

  const join = useCallback(
    (wish: JoinWish) => {
      if (isBusy.current) {
        return;
      }
      isBusy.current = true;
      setState({ phase: "joining" });
      joinAs(entry, wish)
        .then((session) => {
          exposeSession(session);
          session.on("closed", (error) => setState({ phase: "left", error }));
          setState({ phase: "joined", session });
        })
        .catch((error: unknown) => {
          setState({ phase: "failed", error: OnstageError.from(error, "server_unreachable") });
        })
        .finally(() => {
          isBusy.current = false;
        });
    },
    [entry],
  );

  return { state, join };
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
