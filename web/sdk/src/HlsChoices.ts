import type Hls from "hls.js";
import { NO_CHOICES, type Choices, type Quality, type Wish } from "./Choices.js";

/** What hls.js has to choose from. It changes the quality at the next segment, without a gap. */
export class HlsChoices {
  readonly #hls: Hls;
  #height: number | null = null;
  #language: string | null = null;

  constructor(hls: Hls) {
    this.#hls = hls;
    hls.subtitleDisplay = false;
  }

  read(): Choices {
    const { levels, currentLevel, subtitleTracks } = this.#hls;
    return {
      ...NO_CHOICES,
      qualities: levels.map(({ height, bitrate }): Quality => ({ height, bitrateBps: bitrate })).reverse(),
      chosenHeight: levels.some(({ height }) => height === this.#height) ? this.#height : null,
      height: levels[currentLevel]?.height ?? null,
      captions: subtitleTracks.map(({ lang = "", name }) => ({ language: lang, name })),
      captionLanguage: subtitleTracks.some(({ lang }) => lang === this.#language) ? this.#language : null,
      isLowLatency: this.#hls.lowLatencyMode,
      hasLatencyChoice: true,
    };
  }

  choose({ height = this.#height, captionLanguage = this.#language, isLowLatency }: Wish): void {
    const isOther = height !== this.#height;
    this.#height = height;
    this.#language = captionLanguage;
    if (isOther) {
      this.applyQuality();
    }
    this.applyCaptions();
    if (isLowLatency !== undefined) {
      this.#hls.lowLatencyMode = isLowLatency;
    }
  }

  /** Of a new source as well; -1 is what the network bears. */
  applyQuality(): void {
    this.#hls.nextLevel = this.#hls.levels.findIndex(({ height }) => height === this.#height);
  }

  applyCaptions(): void {
    this.#hls.subtitleTrack = this.#hls.subtitleTracks.findIndex(({ lang }) => lang === this.#language);
    this.#hls.subtitleDisplay = this.#language !== null;
  }
}
