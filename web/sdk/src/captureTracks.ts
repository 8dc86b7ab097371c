import type { LocalTrack } from "livekit-client";
import { loadLivekit } from "./loadLivekit.js";
import { OnstageError } from "./OnstageError.js";
import type { DeviceChoice, PublishChoice } from "./options.js";

/** What could be captured, and why the rest could not. */
export interface Captured {
  readonly tracks: readonly LocalTrack[];
  readonly failure: OnstageError | null;
}

/** Asks for the chosen devices, both in one prompt. If one of them fails, the other is still captured. */
export async function captureTracks(choice: PublishChoice): Promise<Captured> {
  const both = await capture(choice);
  if (both.failure === null || !choice.camera || !choice.microphone) {
    return both;
  }
  const microphone = await capture({ camera: false, microphone: choice.microphone });
  const camera = await capture({ camera: choice.camera, microphone: false });
  return { tracks: [...microphone.tracks, ...camera.tracks], failure: both.failure };
}

async function capture(choice: PublishChoice): Promise<Captured> {
  if (!choice.camera && !choice.microphone) {
    return { tracks: [], failure: null };
  }
  const { createLocalTracks } = await loadLivekit();
  try {
    const tracks = await createLocalTracks({
      video: constraint(choice.camera),
      audio: constraint(choice.microphone),
    });
    return { tracks, failure: null };
  } catch (error) {
    return { tracks: [], failure: OnstageError.device(error) };
  }
}

function constraint(choice: DeviceChoice): boolean | { deviceId: string } {
  return typeof choice === "string" ? { deviceId: choice } : choice;
}
