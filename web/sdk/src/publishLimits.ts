import type { TrackPublishOptions, VideoCaptureOptions } from "livekit-client";
import type { PublishLimits, Source } from "./protocol.js";

/** How much of each source a role may send. The engine holds clients to the sources; the rest is kept to here. */
export type Limits = Readonly<Partial<Record<Source, PublishLimits>>>;

/** What is captured of a camera where there is no limit. */
const FULL = { width: 1280, height: 720, frameRate: 30 };

/** What to capture of a camera or screen; nothing to say without limits. */
export function captureOptions(limits: PublishLimits | undefined): VideoCaptureOptions {
  const { max_width: width, max_height: height, max_frame_rate: frameRate } = limits ?? {};
  if (width == null && height == null && frameRate == null) {
    return {};
  }
  const scale = Math.min(1, (width ?? FULL.width) / FULL.width, (height ?? FULL.height) / FULL.height);
  return {
    resolution: {
      width: even(FULL.width * scale),
      height: even(FULL.height * scale),
      frameRate: Math.min(FULL.frameRate, frameRate ?? FULL.frameRate),
    },
  };
}

/** How to send a source. */
export function publishOptions(source: Source, limits: PublishLimits | undefined): TrackPublishOptions {
  const { max_bitrate_bps: maxBitrate, max_frame_rate: maxFramerate, simulcast = true } = limits ?? {};
  if (source === "microphone" || source === "screen_share_audio") {
    return maxBitrate == null ? {} : { audioPreset: { maxBitrate } };
  }
  const encoding = { maxBitrate: maxBitrate ?? 0, ...(maxFramerate != null && { maxFramerate }) };
  const key = source === "camera" ? "videoEncoding" : "screenShareEncoding";
  return { simulcast, ...(maxBitrate != null && { [key]: encoding }) };
}

/** Video encoders take even sizes. */
function even(size: number): number {
  return Math.max(2, Math.floor(size / 2) * 2);
}
