import { NO_CHOICES, type Choices } from "./Choices.js";
import type { Clock } from "./clock.js";
import type { TimedMetadata } from "./metadataOf.js";
import type { OnstageError } from "./OnstageError.js";
import type { PlayerOptions } from "./options.js";
import type { PlaybackEngine, PlaybackReport } from "./PlaybackEngine.js";

/** `waiting`: nothing is live yet. `ended`: the show is over; the player waits for the next one. */
export type PlayerState =
  "idle" | "waiting" | "loading" | "playing" | "stalled" | "paused" | "ended" | "failed";

/** What a page shows of a player; a new object at each change. */
export interface PlayerView {
  readonly state: PlayerState;
  readonly isServerReached: boolean;
  readonly isMuted: boolean;
  /** The browser started it without sound; call `setMuted(false)` from a click. */
  readonly isMutedByBrowser: boolean;
  readonly error: OnstageError | null;
  readonly choices: Choices;
  /** The viewer went back: it plays what was, and stays there until `goLive`. */
  readonly isRewound: boolean;
}

/** What a page can listen to. */
export interface PlayerEvents {
  readonly change: PlayerView;
  /** A text of the app's own, when the picture it was sent with is on screen. */
  readonly metadata: TimedMetadata;
}

/** For diagnostics. */
export interface PlayerStats {
  readonly stalls: number;
  readonly stalledMs: number;
  readonly longestStallMs: number;
  /** How often a source was loaded: 1 for as long as one show goes on. */
  readonly loads: number;
  /** How often loading went on after a network failure. */
  readonly recoveries: number;
  readonly droppedFrames: number;
  readonly latencyMs: number | null;
  readonly bandwidthBps: number | null;
  readonly bufferedS: number;
  readonly width: number;
  readonly height: number;
}

export type CreateEngine = (
  video: HTMLVideoElement,
  options: PlayerOptions,
  report: PlaybackReport,
) => Promise<PlaybackEngine>;

/** What a session, or a test, brings of its own. */
export interface PlayerParts {
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly fetch?: typeof fetch;
  readonly options?: PlayerOptions;
  readonly createEngine?: CreateEngine;
  /** Whether there may be a show now: nothing is asked for while there is none. Without it, there always may be. */
  readonly isExpected?: () => boolean;
  /** Another URL of the same show, for when its playback token is good no more. Without it, there is none. */
  readonly renewUrl?: () => Promise<string>;
  /** The long list of the show that is on, to go back in; null, and without this: there is none. */
  readonly dvrUrl?: () => string | null;
}

/** Before it is attached. */
export const IDLE: PlayerView = {
  state: "idle",
  isServerReached: true,
  isMuted: false,
  isMutedByBrowser: false,
  error: null,
  choices: NO_CHOICES,
  isRewound: false,
};
