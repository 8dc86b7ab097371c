import type { Track } from "livekit-client";

/** A picture that can be put into <video> elements; the same object for as long as the track lives. */
export class StageVideo {
  readonly isLocal: boolean;
  readonly #track: Track;

  /** @internal */
  constructor(track: Track, isLocal: boolean) {
    this.#track = track;
    this.isLocal = isLocal;
  }

  /** Shows the picture in `element`; the answer takes it out again. The element's size chooses the layer. */
  attach(element: HTMLVideoElement): () => void {
    this.#track.attach(element);
    return () => this.#track.detach(element);
  }
}
