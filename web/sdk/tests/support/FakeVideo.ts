/** The part of a <video> that a Player uses, moved by hand. */
export class FakeVideo extends EventTarget {
  paused = true;
  readonly videoWidth = 1280;
  readonly videoHeight = 720;
  readonly textTracks = Object.assign(new EventTarget(), { length: 0 });
  ended = false;
  muted = false;
  seeking = false;
  /** Whether the browser wants a click before it plays sound. */
  needsClick = false;

  play(): Promise<void> {
    if (this.needsClick && !this.muted) {
      return Promise.reject(new DOMException("no click yet", "NotAllowedError"));
    }
    this.paused = false;
    return Promise.resolve();
  }

  getVideoPlaybackQuality(): { droppedVideoFrames: number } {
    return { droppedVideoFrames: 0 };
  }

  fire(name: string): void {
    this.dispatchEvent(new Event(name));
  }
}
