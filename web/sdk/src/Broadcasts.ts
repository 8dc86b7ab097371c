import type { BroadcastChange, BroadcastOptions, LayoutChange, RequestOptions } from "./options.js";
import type { BroadcastView, LayoutPatch, SnapshotView } from "./protocol.js";
import type { Ask } from "./requests.js";

/** The room's composed output. The one that runs is `session.state.broadcast`. */
export class Broadcasts {
  readonly #ask: Ask;
  readonly #snapshot: () => SnapshotView;

  /** @internal */
  constructor(ask: Ask, snapshot: () => SnapshotView) {
    this.#ask = ask;
    this.#snapshot = snapshot;
  }

  /** Goes live. */
  start({ layout, ...rest }: BroadcastOptions = {}, options?: RequestOptions): Promise<BroadcastView> {
    const data = {
      ...rest,
      ...(layout && { layout: patchOf(layout) }),
      outputs: [{ type: "hls" as const }],
    };
    return this.#ask("broadcast.start", data, options);
  }

  /** Changes the one that runs; playback goes on without a break. */
  update({ layout, ...rest }: BroadcastChange, options?: RequestOptions): Promise<BroadcastView> {
    const data = { broadcast: this.#id, ...rest, ...(layout && { layout: patchOf(layout) }) };
    return this.#ask("broadcast.update", data, options);
  }

  /** Ends the one that runs. */
  stop(options?: RequestOptions): Promise<BroadcastView> {
    return this.#ask("broadcast.stop", { broadcast: this.#id }, options);
  }

  get #id(): string {
    return this.#snapshot().broadcast?.id ?? "";
  }
}

function patchOf(layout: LayoutChange): LayoutPatch {
  return typeof layout === "string" ? { name: layout } : layout;
}
