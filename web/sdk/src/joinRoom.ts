import { callServer } from "./callServer.js";
import type { ParticipantView, RoomView } from "./protocol.js";

/** Where to join the stage, and the short-lived right to. */
export interface EngineAccess {
  readonly url: string;
  readonly token: string;
}

/** Where the composed show is. */
export interface PlaybackAccess {
  readonly url: string;
  readonly dvr_url: string | null;
  readonly profile: string;
}

/** The answer of `POST /v1/join`. */
export interface JoinReply {
  readonly participant: ParticipantView;
  readonly room: RoomView;
  readonly token: string;
  readonly gateway_url: string;
  readonly engine: EngineAccess | null;
  readonly playback: PlaybackAccess | null;
}

/** Who asks to join. */
export type JoinBody = { readonly token: string } | { readonly code: string; readonly name?: string };

/**
 * Joins a room, or, with the token of an earlier join, tells what that participant may reach now.
 *
 * @throws OnstageError the server's refusal, `server_unreachable`, or `aborted`
 */
export function joinRoom(server: string, body: JoinBody, signal?: AbortSignal): Promise<JoinReply> {
  return callServer<JoinReply>(new URL("/v1/join", server), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
}
