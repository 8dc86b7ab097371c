import { callServer } from "./callServer.js";
import type { EngineView, JoinView } from "./protocol.js";

/** Where to join the stage, and the short-lived right to. */
export type EngineAccess = EngineView;

/** The answer of `POST /v1/join`. */
export type JoinReply = JoinView;

/** Who asks to join; with a token also beside which gateway connection of their own, if they hold one. */
export type JoinBody =
  | { readonly token: string; readonly connection_id?: string }
  | { readonly code: string; readonly name?: string };

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
