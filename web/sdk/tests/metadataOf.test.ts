import { describe, expect, test } from "vitest";
import { followMetadata, metadataOf, type TimedMetadata } from "../src/metadataOf.js";

interface Cue {
  readonly value?: { readonly key?: string; readonly info?: string; readonly data?: unknown };
}

/** A text track of the browser, moved by hand. */
class FakeTrack extends EventTarget {
  mode = "disabled";
  activeCues: Cue[] = [];
  readonly kind: string;

  constructor(kind: string) {
    super();
    this.kind = kind;
  }

  shows(...cues: Cue[]): void {
    this.activeCues = cues;
    this.dispatchEvent(new Event("cuechange"));
  }
}

const cue = (info: string, data: unknown = `say ${info}`): Cue => ({ value: { key: "TXXX", info, data } });

function followed(): { track: FakeTrack; told: TimedMetadata[]; stop: AbortController } {
  const [track, told, stop] = [new FakeTrack("metadata"), [] as TimedMetadata[], new AbortController()];
  const textTracks = Object.assign(new EventTarget(), { length: 0 });
  followMetadata(
    { textTracks } as unknown as HTMLVideoElement,
    (metadata) => told.push(metadata),
    stop.signal,
  );
  textTracks.dispatchEvent(Object.assign(new Event("addtrack"), { track }));
  return { track, told, stop };
}

describe("timed metadata", () => {
  test("is told once, when its picture is on screen", () => {
    const { track, told } = followed();
    expect(track.mode).toBe("hidden");
    track.shows(cue("md_1"));
    track.shows(cue("md_1"), cue("md_2"));
    track.shows();
    expect(told).toEqual([
      { id: "md_1", payload: "say md_1" },
      { id: "md_2", payload: "say md_2" },
    ]);
  });

  test("is remembered only so long", () => {
    const { track, told } = followed();
    for (let number = 0; number < 300; number += 1) {
      track.shows(cue(`md_${String(number)}`));
    }
    track.shows(cue("md_299"), cue("md_0"));
    expect(told.length).toBe(301);
  });

  test("of somebody else is not ours", () => {
    expect(metadataOf(cue("song") as unknown as TextTrackCue)).toBeNull();
    expect(metadataOf(cue("md_1", 7) as unknown as TextTrackCue)).toBeNull();
    expect(metadataOf({} as TextTrackCue)).toBeNull();
  });

  test("is not followed any more once the element is let go", () => {
    const { track, told, stop } = followed();
    stop.abort();
    track.shows(cue("md_1"));
    expect(told).toEqual([]);
  });
});
