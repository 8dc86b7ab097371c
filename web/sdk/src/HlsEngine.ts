import type Hls from "hls.js";
import type * as HlsExports from "hls.js";
import type { ErrorData, HlsConfig, LoaderConfig } from "hls.js";
import { OnstageError } from "./OnstageError.js";
import type { PlayerOptions } from "./options.js";
import type { PlaybackEngine, PlaybackReport } from "./PlaybackEngine.js";
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
  readonly #mediaErrors: number[] = [];
  #url = "";

  constructor(module: HlsModule, video: HTMLVideoElement, options: PlayerOptions, report: PlaybackReport) {
    const { default: Hls, Events } = module;
    this.#module = module;
    this.#report = report;
    this.hls = new Hls({ ...hlsConfig(options), xhrSetup: (xhr, url) => this.#open(xhr, url) });
    this.hls.on(Events.ERROR, (_name, data) => this.#onError(data));
    this.hls.attachMedia(video);
  }

  load(url: string): void {
    this.#url = url;
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
    return this.hls.targetLatency === null ? null : this.hls.latency - this.hls.targetLatency;
  }

  seekToLive(): void {
    const position = this.hls.liveSyncPosition;
    if (position !== null && this.hls.media) {
      this.hls.media.currentTime = position;
    }
  }

  destroy(): void {
    this.hls.destroy();
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
