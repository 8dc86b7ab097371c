import type { RequestOptions } from "./options.js";
import type { SnapshotView, StateView } from "./protocol.js";
import type { Ask } from "./requests.js";

/** When a change is to be made. */
export interface StateCondition {
  /** Only if the key is at this version now; 0: only if there is none. */
  readonly ifVersion?: number;
}

/** The session's small store: everybody reads all of it, who may write which key is up to their role. */
export class SharedState {
  readonly #ask: Ask;
  readonly #snapshot: () => SnapshotView;

  /** @internal */
  constructor(ask: Ask, snapshot: () => SnapshotView) {
    this.#ask = ask;
    this.#snapshot = snapshot;
  }

  /** A key as this client knows it now; null where there is none. `state.changed` tells of every change. */
  get(key: string): StateView | null {
    return this.#snapshot().state.find((entry) => entry.key === key) ?? null;
  }

  /**
   * Writes a key: any JSON value.
   *
   * @throws OnstageError `state_key_denied`, `state_full`; `state_conflict` when it is at another version
   */
  set(
    key: string,
    value: unknown,
    { ifVersion }: StateCondition = {},
    options?: RequestOptions,
  ): Promise<StateView> {
    const data = { key, value, ...(ifVersion !== undefined && { if_version: ifVersion }) };
    return this.#ask("state.set", data, options);
  }

  /** Deletes a key. @throws OnstageError as `set`, and `state_key_not_found` */
  remove(key: string, condition: StateCondition = {}, options?: RequestOptions): Promise<StateView> {
    return this.set(key, null, condition, options);
  }
}
