import type { GatewayEvent } from "./frames.js";
import { MissedMessages, type FetchMessages } from "./MissedMessages.js";
import { OnstageError } from "./OnstageError.js";
import type { MessageView, SnapshotView } from "./protocol.js";
import { reduce } from "./reduce.js";
import { withMissedMessages } from "./reduceMessages.js";

/** What is told of the state. */
export interface StateListener {
  /** It is another now. */
  changed(snapshot: SnapshotView): void;
  /** A message that had been dropped was fetched. */
  fetched(message: MessageView): void;
}

/** The room as this client knows it: the last snapshot, the events since, and chat that had to be fetched. */
export class RoomState {
  readonly #listener: StateListener;
  readonly #missed: MissedMessages;
  #snapshot: SnapshotView | null = null;

  constructor(fetchMessages: FetchMessages, listener: StateListener) {
    this.#listener = listener;
    this.#missed = new MissedMessages(fetchMessages, (...missed) => this.#putMissed(...missed));
  }

  /** @throws OnstageError `session_closed` before there is one */
  get snapshot(): SnapshotView {
    if (!this.#snapshot) {
      throw OnstageError.client("session_closed", "The session has not been welcomed yet.");
    }
    return this.#snapshot;
  }

  /** The snapshot, if there is one. */
  get known(): SnapshotView | null {
    return this.#snapshot;
  }

  /** A new snapshot came: what was before it does not count. */
  replace(snapshot: SnapshotView): void {
    this.#missed.reset();
    this.#set(snapshot);
  }

  /** Chat was left out behind `afterSeq`. */
  dropped(afterSeq: number): void {
    this.#missed.dropped(afterSeq);
  }

  /** Follows an event; `tell` is called before the change is told. */
  apply(event: GatewayEvent, tell: () => void): void {
    this.#missed.heard(event);
    const next = reduce(this.snapshot, event);
    tell();
    if (next !== this.#snapshot) {
      this.#set(next);
    }
  }

  #putMissed(messages: readonly MessageView[], changes: readonly GatewayEvent[]): void {
    messages.forEach((message) => this.#listener.fetched(message));
    this.#set(changes.reduce(reduce, withMissedMessages(this.snapshot, messages)));
  }

  #set(snapshot: SnapshotView): void {
    this.#snapshot = snapshot;
    this.#listener.changed(snapshot);
  }
}
