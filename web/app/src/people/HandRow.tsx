import type { ParticipantView } from "@onstage/client";
import { PersonRow } from "./PersonRow.js";
import { SeatPersonActions } from "./SeatPersonActions.js";

/** One raised hand, in the order of the queue. */
export function HandRow({ participant }: { participant: ParticipantView }) {
  return (
    <PersonRow participant={participant} testId={`hand-${participant.identity}`}>
      <SeatPersonActions participant={participant} />
    </PersonRow>
  );
}
