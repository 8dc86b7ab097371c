import { Backoff } from "./Backoff.js";
import { NO_CHOICES, type Wish } from "./Choices.js";
import { systemClock, type Clock } from "./clock.js";
import { PLAYER_DEFAULTS } from "./defaults.js";
import { Emitter } from "./Emitter.js";
import { createHlsEngine } from "./HlsEngine.js";
import { hasNativePlayback, NativeEngine } from "./NativeEngine.js";
import { followMetadata } from "./metadataOf.js";
import { OnstageError } from "./OnstageError.js";
import type { PlayerOptions } from "./options.js";
import type { PlaybackEngine, PlaybackReport } from "./PlaybackEngine.js";
import {
  IDLE,
  type CreateEngine,
  type PlayerEvents,
  type PlayerParts,
  type PlayerState,
  type PlayerStats,
  type PlayerView,
} from "./playerView.js";
import { playVideo } from "./playVideo.js";
import { sleep } from "./sleep.js";
import { StallMeter } from "./StallMeter.js";
import { variantsOf } from "./variantsOf.js";
import { untilExpected, waitForPlaylist, type WaitParts } from "./waitForPlaylist.js";

/** At most one jump to the live edge within this. */
const JUMP_INTERVAL_MS = 10_000;

/** Plays a room's composed show in a <video>: waits until it is live, stays near the live edge, survives failures. */
export class Player {
  #url: string;
  readonly #options: PlayerOptions;
  readonly #clock: Clock;
  readonly #createEngine: CreateEngine;
  readonly #waitParts: WaitParts;
  readonly #dvrUrl: () => string | null;
  readonly #recoveryBackoff: Backoff;
  readonly #events = new Emitter<PlayerEvents>();
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
  /** Whether the source is the long playlist. */
  #isOnDvr = false;
  /** What the viewer chose holds for the next show as well. */
  #wish: Wish = {};

  constructor(url: string, parts: PlayerParts = {}) {
    const random = parts.random ?? Math.random;
    this.#url = url;
    this.#options = parts.options ?? PLAYER_DEFAULTS;
    this.#clock = parts.clock ?? systemClock;
    this.#createEngine = parts.createEngine ?? createEngine;
    this.#dvrUrl = parts.dvrUrl ?? (() => null);
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
      bandwidthBps: null,
      bufferedS: 0,
      ...this.#engine?.stats(),
      width: this.#video?.videoWidth ?? 0,
      height: this.#video?.videoHeight ?? 0,
    };
  }

  /** Calls `listener` at each `name`; the answer takes it off. */
  on<Name extends keyof PlayerEvents>(name: Name, listener: (data: PlayerEvents[Name]) => void): () => void {
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
    followMetadata(video, (metadata) => this.#events.emit("metadata", metadata), signal);
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
    this.#engine?.move(this.#source);
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

  /** Chooses quality, captions or latency; what is left out stays. */
  choose(wish: Wish): void {
    this.#wish = { ...this.#wish, ...wish };
    this.#engine?.choose(wish);
  }

  /** Plays from the picture captured then on, as far back as the show's long playlist goes. */
  seekTo(dateMs: number): void {
    if (!this.#engine?.seekToDate(dateMs)) {
      if (this.#dvrUrl() === null || this.#isOnDvr) {
        return;
      }
      this.#isOnDvr = true;
      this.#engine?.load(this.#source, dateMs);
    }
    this.#set({ isRewound: true });
    this.#resume();
  }

  /** Back from `seekTo`. */
  goLive(): void {
    this.#set({ isRewound: false });
    if (this.#isOnDvr) {
      this.#isOnDvr = false;
      this.#engine?.load(this.#url);
    } else {
      this.#engine?.seekToLive();
    }
    this.#resume();
  }

  #resume(): void {
    if (this.#video) {
      void this.#play(this.#video);
    }
  }

  /** The short list, or the long one beside it. */
  get #source(): string {
    return (this.#isOnDvr ? this.#dvrUrl() : null) ?? this.#url;
  }

  async #start(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
    this.#set({ state: "loading" });
    await untilExpected(this.#waitParts, signal);
    const text = await this.#wait(() => true, signal);
    const engine = await this.#createEngine(video, this.#options, {
      onRefused: () => this.#guard(this.#refused(signal)),
      onNetworkFailed: () => this.#guard(this.#recover(signal)),
      onFailed: (error) => this.#set({ state: "failed", error }),
      onChoices: () => this.#set({ choices: this.#engine?.choices() ?? NO_CHOICES }),
    });
    if (signal.aborted) {
      engine.destroy();
      return;
    }
    this.#engine = engine;
    engine.choose(this.#wish);
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
    this.#isOnDvr = false;
    this.#set({ state: "loading", isServerReached: true, isRewound: false });
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
    const isFollowing = this.state === "playing" && !this.view.isRewound && this.#wish.isLowLatency !== false;
    if (isFar && isFollowing && now - this.#lastJumpMs > JUMP_INTERVAL_MS) {
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
