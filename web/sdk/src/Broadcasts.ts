import type {
  BroadcastChange,
  BroadcastOptions,
  LayoutChange,
  RequestOptions,
  WhichBroadcast,
} from "./options.js";
import type {
  BroadcastView,
  CaptionsView,
  Cue,
  LayoutPatch,
  OutputView,
  RtmpOutput,
  SnapshotView,
  TimedMetadataView,
} from "./protocol.js";
import type { Ask } from "./requests.js";

type StopOptions = RequestOptions & WhichBroadcast;
type MetadataOptions = RequestOptions & { readonly durationS?: number };

/** The room's composed output. The one that runs is `session.state.broadcast`; of several, the newest. */
export class Broadcasts {
  readonly #ask: Ask;
  readonly #snapshot: () => SnapshotView;

  /** @internal */
  constructor(ask: Ask, snapshot: () => SnapshotView) {
    this.#ask = ask;
    this.#snapshot = snapshot;
  }

  /** Goes live. */
  start(
    { layout, maxDurationS, ...rest }: BroadcastOptions = {},
    options?: RequestOptions,
  ): Promise<BroadcastView> {
    const data = {
      ...rest,
      ...(maxDurationS !== undefined && { max_duration_s: maxDurationS }),
      ...(layout && { layout: patchOf(layout) }),
    };
    return this.#ask("broadcast.start", data, options);
  }

  /** Changes the one that runs; playback goes on without a break. */
  update(
    { broadcast = this.#newest, layout, ...rest }: BroadcastChange,
    options?: RequestOptions,
  ): Promise<BroadcastView> {
    const data = { broadcast, ...rest, ...(layout && { layout: patchOf(layout) }) };
    return this.#ask("broadcast.update", data, options);
  }

  /** Ends the one that runs. */
  stop({ broadcast = this.#newest, ...options }: StopOptions = {}): Promise<BroadcastView> {
    return this.#ask("broadcast.stop", { broadcast }, options);
  }

  /** Sends the one that runs to a live target as well; `output.live` tells when it takes it. */
  addOutput(output: RtmpOutput, options?: RequestOptions): Promise<OutputView> {
    return this.#ask("output.add", { broadcast: this.#newest, ...output }, options);
  }

  /** Sends it there no more. */
  removeOutput(output: string, options?: RequestOptions): Promise<OutputView> {
    return this.#ask("output.remove", { broadcast: this.#newest, output }, options);
  }

  /** Puts a text of the app's own at this moment of the show; each viewer gets it on seeing that moment. */
  sendMetadata(
    payload: string,
    { durationS = 0, ...options }: MetadataOptions = {},
  ): Promise<TimedMetadataView> {
    const data = { broadcast: this.#newest, payload, duration_s: durationS };
    return this.#ask("metadata.send", data, options);
  }

  /** Adds lines to the captions of that language, with which the show was started. */
  sendCaptions(language: string, cues: Cue[], options?: RequestOptions): Promise<CaptionsView> {
    return this.#ask("caption.send", { broadcast: this.#newest, language, cues }, options);
  }

  get #newest(): string {
    return this.#snapshot().broadcast?.id ?? "";
  }
}

function patchOf(layout: LayoutChange): LayoutPatch {
  return typeof layout === "string" ? { name: layout } : layout;
}
