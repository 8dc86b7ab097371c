import type { ParticipantView, RoomSession } from "@onstage/client";
import type { MenuItem } from "../ui/ActionMenu.js";
import { isolated } from "../ui/isolated.js";

/** The ways to put somebody out, as far as I may: for this session, or for good. */
export function outItems(session: RoomSession, { id, name }: ParticipantView): MenuItem[] {
  const { permissions } = session.state.me;
  return [
    ...(permissions.includes("participant.remove")
      ? [{ label: "Remove from this session", run: () => session.people.remove(id), isDanger: true }]
      : []),
    ...(permissions.includes("participant.ban")
      ? [
          {
            label: "Ban from the room",
            run: () => session.people.ban({ participant: id }),
            isDanger: true,
            question: `${isolated(name)} will not get in again until the ban is lifted through the API.`,
          },
        ]
      : []),
  ];
}
