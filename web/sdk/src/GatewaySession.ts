import type { DroppedFrame, GatewayEvent, ReplyFrame, ServerFrame } from "./frames.js";
import type { SnapshotView } from "./protocol.js";

/** What a text from the server comes to. */
export type Outcome =
  | { readonly kind: "welcome"; readonly snapshot: SnapshotView }
  | { readonly kind: "resumed" }
  | { readonly kind: "event"; readonly event: GatewayEvent }
  | { readonly kind: "reply"; readonly reply: ReplyFrame }
  | { readonly kind: "dropped"; readonly dropped: DroppedFrame }
  | { readonly kind: "ping" }
  | { readonly kind: "bye"; readonly code: string; readonly detail: string }
  /** An event is missing, or the text makes no sense: only a new connection helps. */
  | { readonly kind: "broken"; readonly detail: string };

/** A place where no room ever is: who resumes from there gets a snapshot. */
const NOWHERE = Number.MAX_SAFE_INTEGER;

/**
 * The gateway's protocol without a socket: texts in, outcomes out. It survives connections and remembers what a
 * resume needs, so that every state event is told once and none is lost.
 */
export class GatewaySession {
  readonly #token: string;
  #connectionId: string | null = null;
  #seq = 0;
  #hasProgressed = false;
  #needsSnapshot = false;

  constructor(token: string) {
    this.#token = token;
  }

  /** The last `seq` told. */
  get seq(): number {
    return this.#seq;
  }

  /** The connection there is, or was last; null before the first. */
  get connectionId(): string | null {
    return this.#connectionId;
  }

  /** The first text of a connection. It always names the last one: some rooms let in nobody who is there already. */
  hello(): string {
    const seq = this.#needsSnapshot ? NOWHERE : this.#seq;
    const resume = this.#connectionId === null ? {} : { resume: { connection_id: this.#connectionId, seq } };
    this.#hasProgressed = false;
    return JSON.stringify({ type: "hello", token: this.#token, ...resume });
  }

  /** What `text` comes to, in order. Nothing after `broken` is worth reading on this connection. */
  receive(text: string): Outcome[] {
    const frame = parse(text);
    switch (frame?.type) {
      case "welcome":
        return [this.#welcome(frame.connection_id, frame.seq, frame.snapshot)];
      case "resumed":
        this.#connectionId = frame.connection_id ?? this.#connectionId;
        return [{ kind: "resumed" }];
      case "event":
        return this.#events([frame]);
      case "events":
        return this.#events(frame.events);
      case "reply":
        return [{ kind: "reply", reply: frame }];
      case "dropped":
        return [{ kind: "dropped", dropped: frame }];
      case "ping":
        return [{ kind: "ping" }];
      case "bye":
        return [{ kind: "bye", code: frame.code, detail: frame.detail ?? "" }];
      case undefined:
        return [{ kind: "broken", detail: "The server sent something that is not a frame." }];
      default:
        return []; // pong, and what a newer server may add
    }
  }

  #welcome(connectionId: string, seq: number, snapshot: SnapshotView): Outcome {
    this.#connectionId = connectionId;
    this.#seq = seq;
    this.#hasProgressed = true;
    this.#needsSnapshot = false;
    return { kind: "welcome", snapshot };
  }

  #events(events: readonly GatewayEvent[]): Outcome[] {
    const outcomes: Outcome[] = [];
    for (const { seq, prev, name, at, data } of events) {
      if (seq !== null && seq <= this.#seq) {
        continue; // told before the cut
      }
      if (seq !== null && prev !== this.#seq) {
        outcomes.push(this.#gap(prev));
        break;
      }
      if (seq !== null) {
        this.#seq = seq;
        this.#hasProgressed = true;
      }
      outcomes.push({ kind: "event", event: { seq, prev, name, at, data } as GatewayEvent });
    }
    return outcomes;
  }

  /** A resume closes a gap. If the gap is there again before anything else came, only a fresh snapshot does. */
  #gap(prev: number | null): Outcome {
    this.#needsSnapshot ||= !this.#hasProgressed;
    return {
      kind: "broken",
      detail: `Expected the event after ${this.#seq}, got the one after ${prev ?? "none"}.`,
    };
  }
}

function parse(text: string): ServerFrame | null {
  try {
    const value: unknown = JSON.parse(text);
    const isFrame = typeof value === "object" && value !== null && "type" in value;
    return isFrame ? (value as ServerFrame) : null;
  } catch {
    return null;
  }
}
