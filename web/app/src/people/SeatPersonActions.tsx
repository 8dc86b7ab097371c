import type { ParticipantView } from "@onstage/client";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { usePermission, useSnapshot } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";
import { OpenInvite } from "./OpenInvite.js";
import { PersonMenu } from "./PersonMenu.js";

/** For somebody in the seats: ask them on stage; the menu has the ways without asking. */
export function SeatPersonActions({ participant }: { participant: ParticipantView }) {
  const session = useSession();
  const { invites } = useSnapshot();
  const { isBusy, run } = useAction();
  const mayPromote = usePermission("participant.promote");
  const mayLower = usePermission("hand.lower");
  const mayRemove = usePermission("participant.remove");
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
      <PersonMenu
        name={name}
        items={[
          ...(mayLower && participant.hand_raised_at
            ? [{ label: "Lower the hand", run: () => session.lowerHand(id) }]
            : []),
          ...(mayPromote
            ? [
                {
                  label: "Ask for the microphone only",
                  run: () => session.promote(id, { mediaAllowed: "audio-only" }),
                },
                { label: "Bring on stage without asking", run: () => session.promote(id, { force: true }) },
              ]
            : []),
          ...(mayRemove
            ? [{ label: "Remove from the room", run: () => session.remove(id), isDanger: true }]
            : []),
        ]}
      />
    </>
  );
}
