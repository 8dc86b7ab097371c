import type { BroadcastView } from "@onstage/client";

/** Whether a broadcast runs, is about to, or is just ending. */
export function isOnAir(broadcast: BroadcastView | null): boolean {
  return broadcast !== null && broadcast.status !== "ended" && broadcast.status !== "failed";
}
