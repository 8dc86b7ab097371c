import { Backoff } from "./Backoff.js";
import { systemClock, type Clock } from "./clock.js";
import { PLAYER_DEFAULTS } from "./defaults.js";
import { Emitter } from "./Emitter.js";
import { createHlsEngine } from "./HlsEngine.js";
import { hasNativePlayback, NativeEngine } from "./NativeEngine.js";
import { OnstageError } from "./OnstageError.js";
import type { PlayerOptions } from "./options.js";
import type { PlaybackEngine, PlaybackReport } from "./PlaybackEngine.js";
import { playVideo } from "./playVideo.js";
import { sleep } from "./sleep.js";
import { StallMeter } from "./StallMeter.js";
import { variantsOf } from "./variantsOf.js";
import { untilExpected, waitForPlaylist, type WaitParts } from "./waitForPlaylist.js";

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
}

type CreateEngine = (
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
}

/** At most one jump to the live edge within this. */
const JUMP_INTERVAL_MS = 10_000;

const IDLE: PlayerView = {
  state: "idle",
  isServerReached: true,
  isMuted: false,
  isMutedByBrowser: false,
  error: null,
};

/** Plays a room's composed show in a <video>: waits until it is live, stays near the live edge, survives failures. */
export class Player {
  #url: string;
  readonly #options: PlayerOptions;
  readonly #clock: Clock;
  readonly #createEngine: CreateEngine;
  readonly #waitParts: WaitParts;
  readonly #recoveryBackoff: Backoff;
  readonly #events = new Emitter<{ change: PlayerView }>();
  readonly #stalls = new StallMeter();
  #view = IDLE;
  #video: HTMLVideoElement | null = null;
  #engine: PlaybackEngine | null = null;
  #attachment = new AbortController();
  #hurry = new AbortController();
  #isRenewing = false;
  #variants = "";
  #loads = 0;
  #recoveries = 0;
  #lastJumpMs = 0;

  constructor(url: string, parts: PlayerParts = {}) {
    const random = parts.random ?? Math.random;
    this.#url = url;
    this.#options = parts.options ?? PLAYER_DEFAULTS;
    this.#clock = parts.clock ?? systemClock;
    this.#createEngine = parts.createEngine ?? createEngine;
    this.#recoveryBackoff = new Backoff(this.#options.backoff, random);
    this.#waitParts = {
      clock: this.#clock,
      random,
      fetch: parts.fetch ?? ((input, init) => fetch(input, init)),
      options: this.#options,
      backoff: new Backoff(this.#options.backoff, random),
      isExpected: parts.isExpected ?? (() => true),
      renew: () => this.#renew(parts.renewUrl),
      onWait: (isServerReached) => this.#waits(isServerReached),
      hurry: () => this.#hurry.signal,
    };
  }

  /** The room's static multivariant playlist. */
  get url(): string {
    return this.#url;
  }

  get view(): PlayerView {
    return this.#view;
  }

  get state(): PlayerState {
    return this.#view.state;
  }

  /** The element it plays in. */
  get video(): HTMLVideoElement | null {
    return this.#video;
  }

  /** What plays, for diagnostics: an HlsEngine has the Hls object. @internal */
  get engine(): PlaybackEngine | null {
    return this.#engine;
  }

  /** Now less the time at which the picture on screen was captured, in ms; needs a right clock. */
  get latencyMs(): number | null {
    const playingDateMs = this.#engine?.playingDateMs() ?? null;
    return playingDateMs === null ? null : this.#clock.now() - playingDateMs;
  }

  get stats(): PlayerStats {
    return {
      ...this.#stalls.read(this.#clock.now()),
      loads: this.#loads,
      recoveries: this.#recoveries,
      droppedFrames: this.#video?.getVideoPlaybackQuality().droppedVideoFrames ?? 0,
      latencyMs: this.latencyMs,
    };
  }

  /** Calls `listener` with the view at each change; the answer takes it off. */
  on(name: "change", listener: (view: PlayerView) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** Plays in `video` from now on: at once, or when the show begins. */
  attach(video: HTMLVideoElement): void {
    if (video === this.#video) {
      return;
    }
    this.detach();
    this.#video = video;
    this.#attachment = new AbortController();
    const { signal } = this.#attachment;
    video.addEventListener("playing", () => this.#plays(), { signal });
    video.addEventListener("waiting", () => this.#stands(), { signal });
    video.addEventListener("pause", () => this.#pauses(video), { signal });
    video.addEventListener("ended", () => this.#ends(), { signal });
    video.addEventListener("volumechange", () => this.#set({ isMuted: video.muted }), { signal });
    video.addEventListener("timeupdate", () => this.#keepNear(), { signal });
    this.#guard(this.#start(video, signal));
  }

  /** Lets go of the element. */
  detach(): void {
    this.#attachment.abort();
    this.#stalls.end(this.#clock.now());
    this.#engine?.destroy();
    this.#engine = null;
    this.#video = null;
    this.#variants = "";
    this.#set(IDLE);
  }

  /** Looks at once whether the show has begun: something said so. */
  check(): void {
    const waiting = this.#hurry;
    this.#hurry = new AbortController();
    waiting.abort();
  }

  /** Plays the same show by another URL from now on, without a break. */
  move(url: string): void {
    this.#url = url;
    this.#engine?.move(url);
  }

  /** Turns the sound off or on; the latter from a click. */
  setMuted(isMuted: boolean): void {
    if (this.#video) {
      this.#video.muted = isMuted;
      this.#set({ isMutedByBrowser: false });
    }
  }

  /** Plays on after a pause, from the live edge. */
  play(): void {
    if (this.#video?.paused) {
      this.#engine?.seekToLive();
      void this.#play(this.#video);
    }
  }

  async #start(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
    this.#set({ state: "loading" });
    await untilExpected(this.#waitParts, signal);
    const text = await this.#wait(() => true, signal);
    const engine = await this.#createEngine(video, this.#options, {
      onRefused: () => this.#guard(this.#refused(signal)),
      onNetworkFailed: () => this.#guard(this.#recover(signal)),
      onFailed: (error) => this.#set({ state: "failed", error }),
    });
    if (signal.aborted) {
      engine.destroy();
      return;
    }
    this.#engine = engine;
    this.#load(text);
    await this.#play(video);
  }

  /** Asks for another URL, once in a while however often the old one is refused. */
  async #refused(signal: AbortSignal): Promise<void> {
    if (!this.#isRenewing) {
      this.#isRenewing = true;
      await this.#waitParts.renew().catch(() => null); // whoever was put out hears that from the gateway
      await sleep(this.#clock, this.#options.retryAfterMs, signal);
      this.#isRenewing = false;
    }
  }

  /** The server may be down, restarting, or at another show: ask, then go on with the same source if it is the same. */
  async #recover(signal: AbortSignal): Promise<void> {
    if (this.#recoveryBackoff.attempts > 0) {
      await sleep(this.#clock, this.#recoveryBackoff.nextDelayMs(), signal);
    } else {
      this.#recoveryBackoff.nextDelayMs();
    }
    const text = await this.#wait(() => true, signal);
    if (variantsOf(text) === this.#variants) {
      this.#recoveries += 1;
      this.#engine?.resume();
    } else {
      this.#load(text);
    }
  }

  async #next(signal: AbortSignal): Promise<void> {
    await untilExpected(this.#waitParts, signal);
    const text = await this.#wait((found) => variantsOf(found) !== this.#variants, signal);
    this.#load(text);
    if (this.#video) {
      await this.#play(this.#video);
    }
  }

  #wait(isWanted: (text: string) => boolean, signal: AbortSignal): Promise<string> {
    return waitForPlaylist(() => this.#url, isWanted, this.#waitParts, signal);
  }

  async #renew(ask: PlayerParts["renewUrl"]): Promise<string | null> {
    if (!ask) {
      return null;
    }
    const url = await ask();
    this.move(url);
    return url;
  }

  #load(text: string): void {
    this.#variants = variantsOf(text);
    this.#loads += 1;
    this.#set({ state: "loading", isServerReached: true });
    this.#engine?.load(this.#url);
  }

  async #play(video: HTMLVideoElement): Promise<void> {
    const isMuted = await playVideo(video);
    if (isMuted && video === this.#video) {
      this.#set({ isMutedByBrowser: true });
    }
  }

  #waits(isServerReached: boolean): void {
    const isShown = this.state === "playing" || this.state === "stalled" || this.state === "ended";
    this.#set(isShown ? { isServerReached } : { state: "waiting", isServerReached });
  }

  #plays(): void {
    this.#stalls.end(this.#clock.now());
    this.#recoveryBackoff.reset();
    this.#set({ state: "playing", isServerReached: true, error: null });
  }

  /** `waiting` also fires before the first picture; that is loading, not a stall. */
  #stands(): void {
    if (this.state === "playing" && !this.#video?.seeking) {
      this.#stalls.begin(this.#clock.now());
      this.#set({ state: "stalled" });
    }
  }

  #pauses(video: HTMLVideoElement): void {
    if (!video.ended && (this.state === "playing" || this.state === "stalled")) {
      this.#stalls.end(this.#clock.now());
      this.#set({ state: "paused" });
    }
  }

  #ends(): void {
    this.#stalls.end(this.#clock.now());
    this.#set({ state: "ended" });
    this.#guard(this.#next(this.#attachment.signal));
  }

  /** Far behind, as after a stall, speeding up would take half a minute. */
  #keepNear(): void {
    const now = this.#clock.now();
    const isFar = (this.#engine?.behindS() ?? 0) > this.#options.jumpBehindS;
    if (isFar && this.state === "playing" && now - this.#lastJumpMs > JUMP_INTERVAL_MS) {
      this.#lastJumpMs = now;
      this.#engine?.seekToLive();
    }
  }

  /** What goes wrong in `work` is shown, unless the element was let go meanwhile. */
  #guard(work: Promise<void>): void {
    const { signal } = this.#attachment;
    work.catch((error: unknown) => {
      if (!signal.aborted) {
        this.#set({ state: "failed", error: OnstageError.from(error, "playback_failed") });
      }
    });
  }

  #set(change: Partial<PlayerView>): void {
    this.#view = { ...this.#view, ...change };
    this.#events.emit("change", this.#view);
  }
}

async function createEngine(
  video: HTMLVideoElement,
  options: PlayerOptions,
  report: PlaybackReport,
): Promise<PlaybackEngine> {
  return hasNativePlayback(video) ? new NativeEngine(video, report) : createHlsEngine(video, options, report);
}
