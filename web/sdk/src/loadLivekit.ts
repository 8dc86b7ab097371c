import type * as LivekitExports from "livekit-client";

export type Livekit = typeof LivekitExports;

let loading: Promise<Livekit> | null = null;

/** livekit-client, loaded when first needed: a page that only plays the show does without. */
export function loadLivekit(): Promise<Livekit> {
  loading ??= import("livekit-client");
  return loading;
}

/** Loads what the stage needs ahead of a promotion, which is then faster by a download. */
export async function preloadStage(): Promise<void> {
  await loadLivekit();
}
