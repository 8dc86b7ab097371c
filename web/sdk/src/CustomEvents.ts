import { toWire, type Camel } from "./camel.js";
import type { RequestOptions } from "./options.js";
import type { CustomAnswer, SendCustom } from "./protocol.js";
import type { Ask } from "./requests.js";

/** To whom a custom event goes: everybody, unless roles or participants (ids or identities) are named. */
export type CustomRecipients = Camel<Omit<SendCustom, "type" | "data">>;

/** Events of the app's own, which arrive as `custom.sent`. */
export class CustomEvents {
  readonly #ask: Ask;

  /** @internal */
  constructor(ask: Ask) {
    this.#ask = ask;
  }

  send(
    type: string,
    data: unknown = null,
    to: CustomRecipients = {},
    options?: RequestOptions,
  ): Promise<CustomAnswer> {
    const recipients = toWire<Omit<SendCustom, "type" | "data">>(to);
    return this.#ask("custom.send", { ...recipients, type, data }, options);
  }
}
