import type { PlayerView } from "@onstage/client";
import { useCallback, useSyncExternalStore } from "react";
import { useSession } from "./SessionContext.js";

/** What the player is doing. */
export function usePlayerView(): PlayerView {
  const { player } = useSession();
  const subscribe = useCallback((changed: () => void) => player.on("change", changed), [player]);
  return useSyncExternalStore(subscribe, () => player.view);
}
