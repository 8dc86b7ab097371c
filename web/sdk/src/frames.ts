import type { Problem } from "./problem.js";
import type { EventMap, SnapshotView } from "./protocol.js";

/** One event as it came: `seq` and `prev` are null for ephemeral events. */
export type GatewayEvent = {
  [Name in keyof EventMap]: {
    readonly seq: number | null;
    readonly prev: number | null;
    readonly name: Name;
    readonly at: string;
    readonly data: EventMap[Name];
  };
}[keyof EventMap];

/** What the server sends (design §9). */
export type ServerFrame =
  | {
      readonly type: "welcome";
      readonly connection_id: string;
      readonly seq: number;
      readonly snapshot: SnapshotView;
    }
  | { readonly type: "resumed"; readonly connection_id?: string; readonly seq: number }
  | ({ readonly type: "event" } & GatewayEvent)
  | { readonly type: "events"; readonly events: readonly GatewayEvent[] }
  | ReplyFrame
  | DroppedFrame
  | { readonly type: "ping" }
  | { readonly type: "pong" }
  | { readonly type: "bye"; readonly code: string; readonly detail?: string };

/** So much chat was not sent, as it was read too slowly; the history has it, behind `after_seq`. */
export interface DroppedFrame {
  readonly type: "dropped";
  readonly count: number;
  readonly after_seq: number;
}

/** The answer to a request. */
export type ReplyFrame =
  | { readonly type: "reply"; readonly id: string; readonly ok: true; readonly data: unknown }
  | { readonly type: "reply"; readonly id: string; readonly ok: false; readonly error: Problem };
