import type { SessionStatus } from "@onstage/client";
import { useCallback, useSyncExternalStore } from "react";
import { useSession } from "./SessionContext.js";

/** Where the connection to the server is. */
export function useStatus(): SessionStatus {
  const session = useSession();
  const subscribe = useCallback((changed: () => void) => session.on("status", changed), [session]);
  return useSyncExternalStore(subscribe, () => session.status);
}
