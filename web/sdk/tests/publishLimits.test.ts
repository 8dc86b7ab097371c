import { describe, expect, test } from "vitest";
import { captureOptions, publishOptions } from "../src/publishLimits.js";

describe("what is captured", () => {
  test("is up to the engine's client where the role has no limit", () => {
    expect(captureOptions(undefined)).toEqual({});
    expect(captureOptions({ max_height: null, max_bitrate_bps: 500_000 })).toEqual({});
  });

  test("keeps the picture's shape, in even sizes", () => {
    expect(captureOptions({ max_height: 361 }).resolution).toEqual({
      width: 640,
      height: 360,
      frameRate: 30,
    });
    expect(captureOptions({ max_width: 320, max_height: 720 }).resolution).toMatchObject({
      width: 320,
      height: 180,
    });
  });

  test("is never more than without a limit", () => {
    expect(captureOptions({ max_height: 2160, max_frame_rate: 60 }).resolution).toEqual({
      width: 1280,
      height: 720,
      frameRate: 30,
    });
    expect(captureOptions({ max_frame_rate: 15 }).resolution).toMatchObject({ height: 720, frameRate: 15 });
  });
});

describe("what is sent", () => {
  test("of a camera and of a screen is bounded in bits and frames", () => {
    const limits = { max_bitrate_bps: 400_000, max_frame_rate: 15, simulcast: false };
    expect(publishOptions("camera", limits)).toEqual({
      simulcast: false,
      videoEncoding: { maxBitrate: 400_000, maxFramerate: 15 },
    });
    expect(publishOptions("screen_share", { max_bitrate_bps: 900_000 })).toEqual({
      simulcast: true,
      screenShareEncoding: { maxBitrate: 900_000 },
    });
  });

  test("of sound is bounded in bits alone", () => {
    expect(publishOptions("microphone", { max_bitrate_bps: 24_000 })).toEqual({
      audioPreset: { maxBitrate: 24_000 },
    });
    expect(publishOptions("microphone", {})).toEqual({});
  });
});
