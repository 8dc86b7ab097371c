import { bufferedAheadS } from "./bufferedAheadS.js";
import { NO_CHOICES, type CaptionChoice, type Choices, type Wish } from "./Choices.js";
import { OnstageError } from "./OnstageError.js";
import type { EngineStats, PlaybackEngine, PlaybackReport } from "./PlaybackEngine.js";

/** WebKit tells the date of the playlist's beginning (HTML Standard, `getStartDate`). */
interface DatedVideo extends HTMLVideoElement {
  getStartDate?(): Date;
}

/** Apple's browsers play LL-HLS themselves, better than Media Source Extensions would. */
export function hasNativePlayback(video: HTMLVideoElement): boolean {
  return navigator.vendor.startsWith("Apple") && video.canPlayType("application/vnd.apple.mpegurl") !== "";
}

/** The browser's own player. */
export class NativeEngine implements PlaybackEngine {
  readonly #video: DatedVideo;
  readonly #listeners = new AbortController();
  #url = "";
  #fromDateMs: number | null = null;

  constructor(video: HTMLVideoElement, report: PlaybackReport) {
    this.#video = video;
    const { signal } = this.#listeners;
    video.addEventListener("error", () => this.#onError(report), { signal });
    video.addEventListener("resize", () => report.onChoices(), { signal });
    video.addEventListener("loadedmetadata", () => this.#goToDate(), { signal });
    video.textTracks.addEventListener("addtrack", () => report.onChoices(), { signal });
    video.textTracks.addEventListener("change", () => report.onChoices(), { signal });
  }

  load(url: string, fromDateMs?: number): void {
    this.#url = url;
    this.#fromDateMs = fromDateMs ?? null;
    this.#video.src = url;
  }

  move(url: string): void {
    this.#url = url; // what the element loads it loads by the old one; `resume` takes the new one
  }

  resume(): void {
    this.load(this.#url); // the browser keeps nothing after a network error
  }

  playingDateMs(): number | null {
    const startMs = this.#video.getStartDate?.().getTime() ?? Number.NaN;
    return Number.isNaN(startMs) ? null : startMs + this.#video.currentTime * 1000;
  }

  /** The browser keeps itself near the live edge. */
  behindS(): null {
    return null;
  }

  seekToLive(): void {
    const { seekable } = this.#video;
    if (seekable.length > 0) {
      this.#video.currentTime = seekable.end(seekable.length - 1);
    }
  }

  seekToDate(dateMs: number): boolean {
    const startMs = this.#video.getStartDate?.().getTime() ?? Number.NaN;
    const { seekable } = this.#video;
    const atS = (dateMs - startMs) / 1000;
    if (seekable.length === 0 || !(atS >= seekable.start(0))) {
      return false;
    }
    this.#video.currentTime = atS;
    return true;
  }

  /** The quality is the browser's own matter. */
  choices(): Choices {
    const tracks = this.#captionTracks();
    return {
      ...NO_CHOICES,
      height: this.#video.videoHeight || null,
      captions: tracks.map(({ language, label }): CaptionChoice => ({ language, name: label })),
      captionLanguage: tracks.find(({ mode }) => mode === "showing")?.language ?? null,
    };
  }

  choose({ captionLanguage }: Wish): void {
    if (captionLanguage !== undefined) {
      for (const track of this.#captionTracks()) {
        track.mode = track.language === captionLanguage ? "showing" : "disabled";
      }
    }
  }

  stats(): EngineStats {
    return { bandwidthBps: null, bufferedS: bufferedAheadS(this.#video) };
  }

  destroy(): void {
    this.#listeners.abort();
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  #captionTracks(): TextTrack[] {
    return Array.from(this.#video.textTracks).filter(
      ({ kind }) => kind === "subtitles" || kind === "captions",
    );
  }

  #goToDate(): void {
    if (this.#fromDateMs !== null) {
      this.seekToDate(this.#fromDateMs);
      this.#fromDateMs = null;
    }
  }

  #onError(report: PlaybackReport): void {
    if (this.#video.error?.code === MediaError.MEDIA_ERR_NETWORK) {
      report.onNetworkFailed();
    } else {
      report.onFailed(OnstageError.client("playback_failed", this.#video.error?.message));
    }
  }
}
