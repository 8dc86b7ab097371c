import type { OnstageError } from "@onstage/client";

/** What trying again with the same link does not change. */
const FINAL: ReadonlySet<string> = new Set([
  "participant_removed",
  "participant_banned",
  "token_invalid",
  "token_expired",
  "token_revoked",
  "token_exceeds_key",
  "join_too_late",
  "origin_not_allowed",
  "room_not_found",
  "room_code_not_found",
  "room_code_expired",
  "room_code_used_up",
] satisfies OnstageError["code"][]);

export function isFinal({ code }: OnstageError): boolean {
  return FINAL.has(code);
}
