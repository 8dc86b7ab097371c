import type { GatewayEvent } from "./frames.js";
import type { MessageView } from "./protocol.js";
import type { Page, RoomApi } from "./RoomApi.js";

/** Some of the room's messages, oldest first; `next_cursor` null: that was the newest. */
export type MessagePage = Page<MessageView>;

/** Reads the oldest messages behind `afterSeq`. */
export type FetchMessages = (afterSeq: number) => Promise<MessagePage>;

/** Takes messages that were missed, and the changes of messages that were told while they were fetched. */
export type PutMessages = (messages: readonly MessageView[], changes: readonly GatewayEvent[]) => void;

/**
 * Chat that the server dropped because this client read too slowly: it is fetched from the history, once each.
 * A fetch that fails is tried again with the next message.
 */
export class MissedMessages {
  readonly #fetch: FetchMessages;
  readonly #put: PutMessages;
  #gaps: number[] = [];
  #told = new Set<string>();
  #changes: GatewayEvent[] = [];
  #fetching: symbol | null = null;

  constructor(fetch: FetchMessages, put: PutMessages) {
    this.#fetch = fetch;
    this.#put = put;
  }

  /** Messages are missing behind `afterSeq`, the last event before the gap. */
  dropped(afterSeq: number): void {
    this.#gaps.push(afterSeq);
    this.#start();
  }

  /** Hears of every event of the room: what comes by itself is not missing, and what changes may be. */
  heard(event: GatewayEvent): void {
    if (this.#gaps.length === 0) {
      return;
    }
    if (event.name === "message.sent") {
      this.#told.add(event.data.message.id);
      this.#start();
    } else if (event.name.startsWith("message.")) {
      this.#changes.push(event);
    }
  }

  /** A snapshot came: nothing is missing any more. */
  reset(): void {
    this.#gaps = [];
    this.#told = new Set();
    this.#changes = [];
    this.#fetching = null;
  }

  #start(): void {
    if (this.#fetching === null) {
      const fetching = Symbol("one run");
      this.#fetching = fetching;
      void this.#run(fetching);
    }
  }

  async #run(fetching: symbol): Promise<void> {
    try {
      while (fetching === this.#fetching && this.#gaps[0] !== undefined) {
        this.#fill(await this.#fetch(this.#gaps[0]), fetching);
      }
      if (fetching === this.#fetching) {
        this.reset();
      }
    } catch {
      this.#fetching = fetching === this.#fetching ? null : this.#fetching;
    }
  }

  /** Up to the first message that came by itself: behind it nothing is missing, or there is another gap. */
  #fill({ data, next_cursor: more }: MessagePage, fetching: symbol): void {
    if (fetching !== this.#fetching) {
      return;
    }
    const told = data.findIndex(({ id }) => this.#told.has(id));
    const missed = told < 0 ? data : data.slice(0, told);
    const last = missed.at(-1);
    if (told < 0 && more !== null && last) {
      this.#gaps[0] = last.seq;
    } else {
      this.#gaps.shift();
    }
    this.#put(missed, this.#changes);
  }
}

/** How messages are fetched from a server. */
export function messageFetcher(api: RoomApi): FetchMessages {
  return (afterSeq) => api.get<MessagePage>("/messages", { afterSeq, limit: 200 });
}
