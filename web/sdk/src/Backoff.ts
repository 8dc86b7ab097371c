import type { BackoffOptions } from "./options.js";

/** How long to wait before the next attempt: doubling, bounded, with jitter so that clients don't come back as one. */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: () => number;
  #attempts = 0;

  constructor(options: BackoffOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
  }

  /** Attempts since the last success. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Milliseconds until the next attempt: between half and all of the doubled delay. */
  nextDelayMs(): number {
    const { baseMs, maxMs } = this.#options;
    const fullMs = Math.min(maxMs, baseMs * 2 ** this.#attempts);
    this.#attempts += 1;
    return fullMs * (0.5 + this.#random() / 2);
  }

  /** Starts over after a success. */
  reset(): void {
    this.#attempts = 0;
  }
}
