import type { ParticipantView } from "@onstage/client";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { usePermission } from "../hooks/useSnapshot.js";
import { IconButton } from "../ui/IconButton.js";
import { PersonRow } from "./PersonRow.js";
import { SeatPersonActions } from "./SeatPersonActions.js";

/** One raised hand: bring them on stage, or lower it. */
export function HandRow({ participant }: { participant: ParticipantView }) {
  const session = useSession();
  const { isBusy, run } = useAction();
  const mayLower = usePermission("hand.lower");
  return (
    <PersonRow participant={participant} testId={`hand-${participant.identity}`}>
      <SeatPersonActions participant={participant} />
      {mayLower && (
        <IconButton
          icon="close"
          label={`Lower the hand of ${participant.name}`}
          disabled={isBusy}
          onClick={() => run(() => session.lowerHand(participant.id))}
        />
      )}
    </PersonRow>
  );
}
