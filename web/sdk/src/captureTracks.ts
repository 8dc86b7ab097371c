import type { LocalTrack } from "livekit-client";
import { loadLivekit } from "./loadLivekit.js";
import { OnstageError } from "./OnstageError.js";
import type { DeviceChoice, PublishChoice } from "./options.js";
import { captureOptions, type Limits } from "./publishLimits.js";

/** What could be captured, and why the rest could not. */
export interface Captured {
  readonly tracks: readonly LocalTrack[];
  readonly failure: OnstageError | null;
}

/** Asks for the chosen devices, both in one prompt. If one of them fails, the other is still captured. */
export async function captureTracks(choice: PublishChoice, limits: Limits): Promise<Captured> {
  const both = await capture(choice, limits);
  if (both.failure === null || !choice.camera || !choice.microphone) {
    return both;
  }
  const microphone = await capture({ camera: false, microphone: choice.microphone }, limits);
  const camera = await capture({ camera: choice.camera, microphone: false }, limits);
  return { tracks: [...microphone.tracks, ...camera.tracks], failure: both.failure };
}

async function capture(choice: PublishChoice, limits: Limits): Promise<Captured> {
  if (!choice.camera && !choice.microphone) {
    return { tracks: [], failure: null };
  }
  const { createLocalTracks } = await loadLivekit();
  try {
    const tracks = await createLocalTracks({
      video: choice.camera !== false && { ...captureOptions(limits.camera), ...device(choice.camera) },
      audio: choice.microphone !== false && device(choice.microphone),
    });
    return { tracks, failure: null };
  } catch (error) {
    return { tracks: [], failure: OnstageError.device(error) };
  }
}

function device(choice: DeviceChoice): { deviceId?: string } {
  return typeof choice === "string" ? { deviceId: choice } : {};
}
