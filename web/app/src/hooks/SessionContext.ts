import type { RoomSession } from "@onstage/client";
import { createContext, useContext } from "react";

export const SessionContext = createContext<RoomSession | null>(null);

/** The session of the room this component is in. */
export function useSession(): RoomSession {
  const session = useContext(SessionContext);
  if (!session) {
    throw new Error("useSession is for components below SessionContext");
  }
  return session;
}
