import type { BroadcastView } from "@onstage/client";

/** Whether a broadcast runs, is about to, or is just ending. */
export function isOnAir(broadcast: BroadcastView | null): boolean {
  return broadcast !== null && broadcast.status !== "ended" && broadcast.status !== "failed";
}

/** Whether one of the things it feeds now is a recording. */
export function isRecorded({ outputs }: BroadcastView): boolean {
  return outputs.some(({ type, status }) => type === "recording" && status === "live");
}
