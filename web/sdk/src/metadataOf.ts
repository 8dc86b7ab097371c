/** A text of the app's own at a moment of the show. */
export interface TimedMetadata {
  readonly id: string;
  readonly payload: string;
}

/** How hls.js and WebKit give an ID3 frame, or an attribute of a date range. */
interface DataCue extends TextTrackCue {
  readonly value?: { readonly key?: string; readonly info?: string; readonly data?: unknown };
}

const MOST_REMEMBERED = 200;

/** Calls `tell` with the timed metadata of a show when the picture it belongs to is on screen; once for each. */
export function followMetadata(
  video: HTMLVideoElement,
  tell: (metadata: TimedMetadata) => void,
  signal: AbortSignal,
): void {
  const told = new Set<string>();
  const look = (track: TextTrack): void => {
    for (const cue of Array.from(track.activeCues ?? [])) {
      const found = metadataOf(cue);
      if (found && !told.has(found.id)) {
        told.add(found.id);
        tell(found);
      }
    }
    for (const id of [...told].slice(0, -MOST_REMEMBERED)) {
      told.delete(id);
    }
  };
  const follow = (track: TextTrack | null): void => {
    if (track?.kind === "metadata") {
      track.mode = "hidden"; // or its cues are not looked at
      track.addEventListener("cuechange", () => look(track), { signal });
    }
  };
  Array.from(video.textTracks).forEach(follow);
  video.textTracks.addEventListener("addtrack", ({ track }) => follow(track), { signal });
}

/** What is in a cue, if it is one of ours: the text frame of an emsg box, under its id. */
export function metadataOf(cue: TextTrackCue): TimedMetadata | null {
  const { key, info, data } = (cue as DataCue).value ?? {};
  const isOurs = key === "TXXX" && info?.startsWith("md_") && typeof data === "string";
  return isOurs ? { id: info ?? "", payload: data } : null;
}
