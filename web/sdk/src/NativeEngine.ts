import { OnstageError } from "./OnstageError.js";
import type { PlaybackEngine, PlaybackReport } from "./PlaybackEngine.js";

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

  constructor(video: HTMLVideoElement, report: PlaybackReport) {
    this.#video = video;
    const { signal } = this.#listeners;
    video.addEventListener("error", () => this.#onError(report), { signal });
  }

  load(url: string): void {
    this.#url = url;
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

  destroy(): void {
    this.#listeners.abort();
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  #onError(report: PlaybackReport): void {
    if (this.#video.error?.code === MediaError.MEDIA_ERR_NETWORK) {
      report.onNetworkFailed();
    } else {
      report.onFailed(OnstageError.client("playback_failed", this.#video.error?.message));
    }
  }
}
