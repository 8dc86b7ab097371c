/** Counts the times the picture stood still while it should have moved, and for how long. */
export class StallMeter {
  #count = 0;
  #totalMs = 0;
  #longestMs = 0;
  #sinceMs: number | null = null;

  get count(): number {
    return this.#count;
  }

  /** A stall begins, unless one is on. */
  begin(nowMs: number): void {
    if (this.#sinceMs === null) {
      this.#sinceMs = nowMs;
      this.#count += 1;
    }
  }

  /** The picture moves again. */
  end(nowMs: number): void {
    const durationMs = this.#durationMs(nowMs);
    this.#totalMs += durationMs;
    this.#longestMs = Math.max(this.#longestMs, durationMs);
    this.#sinceMs = null;
  }

  /** All of them so far, the present one included. */
  read(nowMs: number): { stalls: number; stalledMs: number; longestStallMs: number } {
    const durationMs = this.#durationMs(nowMs);
    return {
      stalls: this.#count,
      stalledMs: this.#totalMs + durationMs,
      longestStallMs: Math.max(this.#longestMs, durationMs),
    };
  }

  #durationMs(nowMs: number): number {
    return this.#sinceMs === null ? 0 : nowMs - this.#sinceMs;
  }
}
