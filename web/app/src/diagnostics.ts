import type { Player, RoomSession } from "@onstage/client";

declare global {
  interface Window {
    /** For tests, and for whoever looks into a page that misbehaves. */
    onstage?: { readonly session: RoomSession; readonly player: Player };
  }
}

export function exposeSession(session: RoomSession): void {
  window.onstage = { session, player: session.player };
}
