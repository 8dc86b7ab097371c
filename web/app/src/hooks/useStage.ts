import type { StageConnection, StageMedia } from "@onstage/client";
import { useCallback, useSyncExternalStore } from "react";
import { useSession } from "./SessionContext.js";

/** What everybody on the stage sends now. */
export function useStageMedia(): readonly StageMedia[] {
  const { stage } = useSession();
  const subscribe = useCallback((changed: () => void) => stage.on("media", changed), [stage]);
  return useSyncExternalStore(subscribe, () => stage.media);
}

/** The stage connection; the component is drawn again when its status, or what is sent, changes. */
export function useStage(): StageConnection {
  const { stage } = useSession();
  const subscribe = useCallback((changed: () => void) => stage.on("status", changed), [stage]);
  useSyncExternalStore(subscribe, () => stage.status);
  useStageMedia();
  return stage;
}

/** Whether the browser holds the sound back until the next click. */
export function useAudioBlocked(): boolean {
  const { stage } = useSession();
  const subscribe = useCallback((changed: () => void) => stage.on("audio_blocked", changed), [stage]);
  return useSyncExternalStore(subscribe, () => stage.isAudioBlocked);
}
