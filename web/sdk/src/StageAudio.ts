import type { RemoteTrack } from "livekit-client";

/** Plays what the others say, in elements that nobody sees. */
export class StageAudio {
  readonly #elements = new Map<RemoteTrack, HTMLMediaElement>();

  /** Starts playing an audio track. */
  add(track: RemoteTrack): void {
    const element = track.attach();
    element.hidden = true;
    document.body.append(element);
    this.#elements.set(track, element);
  }

  /** Stops playing it. */
  remove(track: RemoteTrack): void {
    const element = this.#elements.get(track);
    if (element) {
      track.detach(element);
      element.remove();
      this.#elements.delete(track);
    }
  }

  /** Stops everything. */
  clear(): void {
    for (const track of [...this.#elements.keys()]) {
      this.remove(track);
    }
  }
}
