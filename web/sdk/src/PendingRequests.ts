import type { Clock } from "./clock.js";
import type { ReplyFrame } from "./frames.js";
import { OnstageError } from "./OnstageError.js";

interface Pending {
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: OnstageError) => void;
}

/** Requests that wait for their reply, each with its own time-out. */
export class PendingRequests {
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending>();
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new request's id, and the promise of its reply's `data`. */
  add(timeoutMs: number, signal?: AbortSignal): { id: string; reply: Promise<unknown> } {
    this.#lastId += 1;
    const id = String(this.#lastId);
    const reply = new Promise<unknown>((resolve, reject) => {
      const cancelTimeout = this.#clock.after(timeoutMs, () =>
        this.#fail(id, OnstageError.client("request_timeout")),
      );
      const abort = (): void => this.#fail(id, OnstageError.client("aborted"));
      const settle = (): void => {
        cancelTimeout();
        signal?.removeEventListener("abort", abort);
        this.#pending.delete(id);
      };
      this.#pending.set(id, {
        resolve: (data) => {
          settle();
          resolve(data);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      signal?.addEventListener("abort", abort);
      if (signal?.aborted) {
        abort();
      }
    });
    return { id, reply };
  }

  /** Whether somebody still waits for that request's reply. */
  has(id: string): boolean {
    return this.#pending.has(id);
  }

  /** Hands a reply to whoever waits for it; one that comes too late is dropped. */
  settle(frame: ReplyFrame): void {
    const pending = this.#pending.get(frame.id);
    if (frame.ok) {
      pending?.resolve(frame.data);
    } else {
      pending?.reject(OnstageError.problem(frame.error));
    }
  }

  /** Fails all of them: whether the server did what they asked is not known. */
  failAll(error: OnstageError): void {
    for (const id of [...this.#pending.keys()]) {
      this.#fail(id, error);
    }
  }

  #fail(id: string, error: OnstageError): void {
    this.#pending.get(id)?.reject(error);
  }
}
