import type { RequestOptions } from "./options.js";
import type { Ask } from "./requests.js";

/** What people show without words. `reaction.counted` tells once a second how many there were of each. */
export class Reactions {
  readonly #ask: Ask;

  /** @internal */
  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** An emoji, or a word of the app's own. @throws OnstageError `sending_too_fast` with `retryAfterS` */
  async send(reaction: string, options?: RequestOptions): Promise<void> {
    await this.#ask("reaction.send", { reaction }, options);
  }
}
