import type {
  BroadcastChange,
  BroadcastOptions,
  LayoutChange,
  RequestOptions,
  WhichBroadcast,
} from "./options.js";
import type {
  AddOutput,
  BroadcastView,
  CaptionsView,
  Cue,
  ImageView,
  LayoutPatch,
  OutputView,
  RecordingView,
  SnapshotView,
  TimedMetadataView,
} from "./protocol.js";
import type { Ask } from "./requests.js";
import type { RoomApi } from "./RoomApi.js";

/** What the show is fed to besides, by its `type`: a live target, or a recording. */
export type NewOutput = Partial<Omit<AddOutput, "broadcast">> & Pick<AddOutput, "type">;
type StopOptions = RequestOptions & WhichBroadcast;
type MetadataOptions = RequestOptions & { readonly durationS?: number };

/** The room's composed output. The one that runs is `session.state.broadcast`; of several, the newest. */
export class Broadcasts {
  readonly #ask: Ask;
  readonly #api: RoomApi;
  readonly #snapshot: () => SnapshotView;

  /** @internal */
  constructor(ask: Ask, api: RoomApi, snapshot: () => SnapshotView) {
    this.#ask = ask;
    this.#api = api;
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

  /** Sends the one that runs to a live target as well, or records it; `output.live` tells when it does. */
  addOutput(output: NewOutput, options?: RequestOptions): Promise<OutputView> {
    return this.#ask("output.add", { broadcast: this.#newest, ...output }, options);
  }

  /** Sends it there no more. */
  removeOutput(output: string, options?: RequestOptions): Promise<OutputView> {
    return this.#ask("output.remove", { broadcast: this.#newest, output }, options);
  }

  /** Keeps nothing of what is shown from now on, in that recording or in the one that grows. */
  pauseRecording(recording = this.#recording, options?: RequestOptions): Promise<RecordingView> {
    return this.#ask("recording.pause", { recording }, options);
  }

  /** Keeps what is shown again. */
  resumeRecording(recording = this.#recording, options?: RequestOptions): Promise<RecordingView> {
    return this.#ask("recording.resume", { recording }, options);
  }

  /** Keeps an image, for a `look` to name by its `id`. @throws OnstageError `image_unusable`, `body_too_large` */
  uploadImage(file: Blob, options?: Pick<RequestOptions, "signal">): Promise<ImageView> {
    return this.#api.upload("/images", file, {}, options);
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

  get #recording(): string {
    const outputs = this.#snapshot().broadcast?.outputs ?? [];
    return outputs.flatMap((one) => one.recording_id ?? []).at(-1) ?? "";
  }

  get #newest(): string {
    return this.#snapshot().broadcast?.id ?? "";
  }
}

function patchOf(layout: LayoutChange): LayoutPatch {
  return typeof layout === "string" ? { name: layout } : layout;
}
