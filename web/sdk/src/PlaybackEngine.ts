import type { Choices, Wish } from "./Choices.js";
import type { OnstageError } from "./OnstageError.js";

/** What an engine tells its player. */
export interface PlaybackReport {
  /** Playlists or media can't be loaded, and the engine has given up for now. */
  readonly onNetworkFailed: () => void;
  /** The URL's playback token is good no more; the engine goes on trying, with the URL that `move` gives it. */
  readonly onRefused: () => void;
  /** This browser can't play the show at all. */
  readonly onFailed: (error: OnstageError) => void;
  /** There is something else to choose from, or another quality on screen. */
  readonly onChoices: () => void;
}

/** For diagnostics; null where the browser does not say. */
export interface EngineStats {
  readonly bandwidthBps: number | null;
  readonly bufferedS: number;
}

/** What plays an LL-HLS source in a <video>: hls.js, or the browser itself. */
export interface PlaybackEngine {
  /** Plays the multivariant playlist at `url` from its live edge, or from the picture captured at `fromDateMs`. */
  load(url: string, fromDateMs?: number): void;
  /** The same show is at `url` from now on, as with another playback token; whatever plays goes on. */
  move(url: string): void;
  /** Goes on loading the same source after `onNetworkFailed`. */
  resume(): void;
  /** Wall time at which the picture on screen was captured; null while unknown. */
  playingDateMs(): number | null;
  /** Seconds of media that the picture is further behind than it should be; null while unknown. */
  behindS(): number | null;
  /** Jumps to where a newly joined viewer would start. */
  seekToLive(): void;
  /** Jumps to the picture captured then; false if the playlist does not reach so far. */
  seekToDate(dateMs: number): boolean;
  choices(): Choices;
  choose(wish: Wish): void;
  stats(): EngineStats;
  destroy(): void;
}
