import type Hls from "hls.js";
import type * as HlsExports from "hls.js";
import type { ErrorData, HlsConfig, LoaderConfig } from "hls.js";
import { bufferedAheadS } from "./bufferedAheadS.js";
import type { Choices, Wish } from "./Choices.js";
import { HlsChoices } from "./HlsChoices.js";
import { OnstageError } from "./OnstageError.js";
import type { PlayerOptions } from "./options.js";
import type { EngineStats, PlaybackEngine, PlaybackReport } from "./PlaybackEngine.js";
import { withPassOf } from "./playbackPass.js";

type HlsModule = typeof HlsExports;

/** Media errors within the window below that new buffers, and after them a new source, are tried for. */
const MAX_REPAIRS = 3;
const MAX_RELOADS = 5;
const MEDIA_ERROR_WINDOW_MS = 10_000;
const FORBIDDEN = 403;

/** A composer's or the server's restart takes seconds: go on asking through it, once a second. */
const PATIENT: LoaderConfig = {
  maxTimeToFirstByteMs: 12_000, // a blocking reload is held for up to three target durations
  maxLoadTimeMs: 20_000,
  timeoutRetry: { maxNumRetry: 10, retryDelayMs: 0, maxRetryDelayMs: 0 },
  errorRetry: { maxNumRetry: 20, retryDelayMs: 500, maxRetryDelayMs: 1_000 },
};

/** After each of these there may be something else to choose from, or on screen. */
const CHOICE_EVENTS = [
  "MANIFEST_PARSED",
  "LEVELS_UPDATED",
  "LEVEL_SWITCHED",
  "SUBTITLE_TRACKS_UPDATED",
  "SUBTITLE_TRACK_SWITCH",
] as const;

/** hls.js is loaded when the first player needs it: who is only ever on the stage does without. */
export async function createHlsEngine(
  video: HTMLVideoElement,
  options: PlayerOptions,
  report: PlaybackReport,
): Promise<HlsEngine> {
  const module = await import("hls.js");
  if (!module.default.isSupported()) {
    throw OnstageError.client("playback_failed", "The browser has no Media Source Extensions.");
  }
  return new HlsEngine(module, video, options, report);
}

/** hls.js, with its recoveries: it goes on with the same source wherever it can. */
export class HlsEngine implements PlaybackEngine {
  /** The player below, for diagnostics. @internal */
  readonly hls: Hls;
  readonly #module: HlsModule;
  readonly #report: PlaybackReport;
  readonly #choices: HlsChoices;
  readonly #mediaErrors: number[] = [];
  #url = "";
  #fromDateMs: number | null = null;

  constructor(module: HlsModule, video: HTMLVideoElement, options: PlayerOptions, report: PlaybackReport) {
    const { default: Hls, Events } = module;
    this.#module = module;
    this.#report = report;
    this.hls = new Hls({ ...hlsConfig(options), xhrSetup: (xhr, url) => this.#open(xhr, url) });
    this.hls.on(Events.ERROR, (_name, data) => this.#onError(data));
    this.hls.on(Events.LEVEL_UPDATED, () => this.#goToDate());
    this.#choices = new HlsChoices(this.hls);
    this.hls.on(Events.MANIFEST_PARSED, () => this.#choices.applyQuality());
    this.hls.on(Events.SUBTITLE_TRACKS_UPDATED, () => this.#choices.applyCaptions());
    for (const name of CHOICE_EVENTS) {
      this.hls.on(Events[name], () => report.onChoices());
    }
    this.hls.attachMedia(video);
  }

  load(url: string, fromDateMs?: number): void {
    this.#url = url;
    this.#fromDateMs = fromDateMs ?? null;
    this.hls.loadSource(url);
  }

  move(url: string): void {
    this.#url = url;
  }

  /** By the token of now: what hls.js knows of a playlist was said under an earlier one. */
  #open(xhr: XMLHttpRequest, url: string): void {
    xhr.open("GET", withPassOf(this.#url, url), true);
  }

  resume(): void {
    this.hls.startLoad();
  }

  playingDateMs(): number | null {
    return this.hls.playingDate?.getTime() ?? null;
  }

  behindS(): number | null {
    const { targetLatency, latency, latestLevelDetails } = this.hls;
    // Of what is over, hls.js counts as behind all that is still to be seen.
    return targetLatency === null || !latestLevelDetails?.live ? null : latency - targetLatency;
  }

  seekToLive(): void {
    const position = this.hls.liveSyncPosition;
    if (position !== null && this.hls.media) {
      this.hls.media.currentTime = position;
    }
  }

  seekToDate(dateMs: number): boolean {
    const first = this.hls.latestLevelDetails?.fragments.at(0);
    const { media } = this.hls;
    if (!first?.programDateTime || !media || dateMs < first.programDateTime) {
      return false;
    }
    media.currentTime = first.start + (dateMs - first.programDateTime) / 1000;
    return true;
  }

  choices(): Choices {
    return this.#choices.read();
  }

  choose(wish: Wish): void {
    this.#choices.choose(wish);
    this.#report.onChoices();
  }

  stats(): EngineStats {
    const { media, bandwidthEstimate } = this.hls;
    return {
      bandwidthBps: Number.isNaN(bandwidthEstimate) ? null : bandwidthEstimate,
      bufferedS: media ? bufferedAheadS(media) : 0,
    };
  }

  destroy(): void {
    this.hls.destroy();
  }

  /** Where a new source is to begin is known once its first playlist is. */
  #goToDate(): void {
    const dateMs = this.#fromDateMs;
    if (dateMs !== null) {
      this.#fromDateMs = null;
      const first = this.hls.latestLevelDetails?.fragments.at(0)?.programDateTime ?? dateMs;
      this.seekToDate(Math.max(dateMs, first));
    }
  }

  #onError({ fatal, type, response }: ErrorData): void {
    if (response?.code === FORBIDDEN) {
      this.#report.onRefused();
    }
    if (!fatal) {
      return; // hls.js sees to it
    }
    const { ErrorTypes } = this.#module;
    if (type === ErrorTypes.NETWORK_ERROR) {
      this.#report.onNetworkFailed();
    } else if (type === ErrorTypes.MEDIA_ERROR) {
      this.#recoverMedia();
    } else {
      this.load(this.#url);
    }
  }

  /** New buffers on the same element and source; a new source only if that keeps failing. */
  #recoverMedia(): void {
    const now = performance.now();
    const isRecent = (at: number): boolean => now - at < MEDIA_ERROR_WINDOW_MS;
    this.#mediaErrors.splice(0, this.#mediaErrors.length, ...this.#mediaErrors.filter(isRecent), now);
    if (this.#mediaErrors.length <= MAX_REPAIRS) {
      this.hls.recoverMediaError();
    } else if (this.#mediaErrors.length <= MAX_RELOADS) {
      this.load(this.#url);
    } else {
      this.#report.onFailed(OnstageError.client("playback_failed", "The show's media could not be decoded."));
    }
  }
}

function hlsConfig(options: PlayerOptions): Partial<HlsConfig> {
  return {
    lowLatencyMode: true,
    maxLiveSyncPlaybackRate: options.maxLiveSyncPlaybackRate,
    // A stall makes hls.js aim further back for good; its own second would double our latency.
    liveSyncOnStallIncrease: 0.25,
    liveDurationInfinity: true,
    backBufferLength: 30,
    playlistLoadPolicy: { default: PATIENT },
    fragLoadPolicy: { default: PATIENT },
  };
}
