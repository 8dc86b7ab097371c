import type { Permission, SnapshotView } from "@onstage/client";
import { useCallback, useSyncExternalStore } from "react";
import { useSession } from "./SessionContext.js";

/** The room's state, as of now. */
export function useSnapshot(): SnapshotView {
  const session = useSession();
  const subscribe = useCallback((changed: () => void) => session.on("snapshot", changed), [session]);
  return useSyncExternalStore(subscribe, () => session.state);
}

/** Whether I may do that now. */
export function usePermission(permission: Permission): boolean {
  return useSnapshot().me.permissions.includes(permission);
}
