import type { ParticipantView } from "@onstage/client";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { usePermission, useSnapshot } from "../hooks/useSnapshot.js";
import { ActionMenu, type MenuItem } from "../ui/ActionMenu.js";
import { Button } from "../ui/Button.js";
import { OpenInvite } from "./OpenInvite.js";
import { outItems } from "./outItems.js";
import { useStageRoles } from "./useStageRoles.js";

/** For somebody in the seats: ask them on stage; the menu has the roles, and the ways without asking. */
export function SeatPersonActions({ participant }: { participant: ParticipantView }) {
  const session = useSession();
  const { invites } = useSnapshot();
  const { isBusy, run } = useAction();
  const mayPromote = usePermission("participant.promote");
  const invite = invites.find((one) => one.participant_id === participant.id);
  const { id, name, identity } = participant;
  return (
    <>
      {invite && <OpenInvite invite={invite} name={name} />}
      {!invite && mayPromote && (
        <Button
          look="primary"
          className="button-small"
          disabled={isBusy}
          onClick={() => run(() => session.promote(id))}
          aria-label={`Bring ${name} on stage`}
          data-testid={`promote-${identity}`}
        >
          Bring on stage
        </Button>
      )}
      <ActionMenu label={`More for ${name}`} testId={`more-${identity}`} items={useSeatItems(participant)} />
    </>
  );
}

function useSeatItems(participant: ParticipantView): readonly MenuItem[] {
  const session = useSession();
  const mayPromote = usePermission("participant.promote");
  const mayLower = usePermission("hand.lower");
  const roles = useStageRoles();
  const { id, hand_raised_at: raisedAt } = participant;
  const ways = [
    ...roles.map((role) => ({ label: `Ask to come as ${role}`, run: () => session.promote(id, { role }) })),
    {
      label: "Ask for the microphone only",
      run: () => session.promote(id, { mediaAllowed: "audio-only" }),
    },
    { label: "Bring on stage without asking", run: () => session.promote(id, { force: true }) },
  ];
  return [
    ...(mayLower && raisedAt ? [{ label: "Lower the hand", run: () => session.lowerHand(id) }] : []),
    ...(mayPromote ? ways : []),
    ...outItems(session, participant),
  ];
}
