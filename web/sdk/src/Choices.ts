/** One encoded picture size of a show. */
export interface Quality {
  readonly height: number;
  readonly bitrateBps: number;
}

/** Captions in one language. */
export interface CaptionChoice {
  /** As in BCP 47. */
  readonly language: string;
  readonly name: string;
}

/** What a viewer can choose of a show, and what plays; empty where the browser plays by itself and offers none. */
export interface Choices {
  /** The best one first. */
  readonly qualities: readonly Quality[];
  /** The height that the viewer chose; null: what the network bears. */
  readonly chosenHeight: number | null;
  /** The height on screen; null while unknown. */
  readonly height: number | null;
  readonly captions: readonly CaptionChoice[];
  /** Null: none are shown. */
  readonly captionLanguage: string | null;
  /** Whether it plays as near to live as can be; off, it plays a few seconds later and stands still less often. */
  readonly isLowLatency: boolean;
  /** Whether the browser lets that be chosen. */
  readonly hasLatencyChoice: boolean;
}

/** What a viewer wants otherwise; what is left out stays. */
export interface Wish {
  readonly height?: number | null;
  readonly captionLanguage?: string | null;
  readonly isLowLatency?: boolean;
}

export const NO_CHOICES: Choices = {
  qualities: [],
  chosenHeight: null,
  height: null,
  captions: [],
  captionLanguage: null,
  isLowLatency: true,
  hasLatencyChoice: false,
};
