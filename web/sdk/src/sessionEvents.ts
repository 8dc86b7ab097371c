import type { GatewayStatus } from "./GatewayClient.js";
import type { OnstageError } from "./OnstageError.js";
import type { EventMap, SnapshotView } from "./protocol.js";

/** Where a session's connection to the server is; `closed` is for good. */
export type SessionStatus = Exclude<GatewayStatus, "idle">;

/** What a session tells: every event of the room under its own name, and these. */
export interface SessionEventMap extends EventMap {
  /** `session.state` is another; fires after the event that changed it. Not for `speakers.changed`. */
  readonly snapshot: SnapshotView;
  /** The connection changed. State is kept through `reconnecting`. */
  readonly status: SessionStatus;
  /** Once, at the end; null after `leave`. */
  readonly closed: OnstageError | null;
  /** A camera or microphone could not be started or sent; the session goes on without it. */
  readonly media_failed: OnstageError;
  /** The stage could not be reached; it is tried again. */
  readonly stage_failed: OnstageError;
}
