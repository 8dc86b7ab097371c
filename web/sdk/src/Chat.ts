import { toWire, type Camel } from "./camel.js";
import type { RequestOptions } from "./options.js";
import type { MessageView, SendMessage } from "./protocol.js";
import type { Ask } from "./requests.js";
import type { Page, RoomApi } from "./RoomApi.js";

/** To whom a message goes, and what an app adds to it. Without `toRoles` and `toParticipant` it is to everybody. */
export type MessageOptions = Camel<Omit<SendMessage, "text" | "name">>;

/** Which part of the history. */
export interface HistoryOptions {
  /** At most so many; 1 to 200, 50 unless given. */
  readonly limit?: number;
  readonly type?: string;
  readonly pinned?: boolean;
}

/** What is said. The newest messages are in `session.state.messages`, the pinned ones in `session.state.pinned`. */
export class Chat {
  readonly #ask: Ask;
  readonly #api: RoomApi;

  /** @internal */
  constructor(ask: Ask, api: RoomApi) {
    this.#ask = ask;
    this.#api = api;
  }

  /** @throws OnstageError `chat_muted`, `chat_disabled`; `slow_mode`, `sending_too_fast` with `retryAfterS` */
  async send(text: string, message: MessageOptions = {}, options?: RequestOptions): Promise<MessageView> {
    const data = { ...toWire<Omit<SendMessage, "text" | "name">>(message), text };
    return (await this.#ask("message.send", data, options)).message;
  }

  /** Takes a message back: one's own, or with `message.delete` another's. */
  async delete(message: string, options?: RequestOptions): Promise<MessageView> {
    return (await this.#ask("message.delete", { message }, options)).message;
  }

  /** Keeps a message to everybody in sight. */
  async pin(message: string, options?: RequestOptions): Promise<MessageView> {
    return (await this.#ask("message.pin", { message }, options)).message;
  }

  async unpin(message: string, options?: RequestOptions): Promise<MessageView> {
    return (await this.#ask("message.unpin", { message }, options)).message;
  }

  /** Messages before the one with the id `cursor`, or without it the newest; oldest first. */
  before(cursor?: string, which: HistoryOptions = {}, options?: RequestOptions): Promise<Page<MessageView>> {
    return this.#api.get("/messages", { ...which, cursor, direction: "before" }, options);
  }

  /** Messages after the one with the id `cursor`, or without it from the first on; oldest first. */
  after(cursor?: string, which: HistoryOptions = {}, options?: RequestOptions): Promise<Page<MessageView>> {
    return this.#api.get("/messages", { ...which, cursor, direction: "after" }, options);
  }
}
