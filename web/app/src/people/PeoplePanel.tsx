import { useSnapshot } from "../hooks/useSnapshot.js";
import { HandRow } from "./HandRow.js";
import { MuteAllButton } from "./MuteAllButton.js";
import { PersonRow } from "./PersonRow.js";
import { StagePersonActions } from "./StagePersonActions.js";
import { SeatPersonActions } from "./SeatPersonActions.js";
import { ViewersList } from "./ViewersList.js";

/** Raised hands first, in their order; then the stage, then the seats. Viewers are counted, and listed on demand. */
export function PeoplePanel() {
  const { participants, hands, counts } = useSnapshot();
  const onStage = participants.filter((one) => one.level === "stage");
  const raised = new Set(hands.map((one) => one.id));
  const seated = participants.filter((one) => one.level === "audience" && !raised.has(one.id));
  return (
    <section className="panel panel-people" aria-label="People">
      {hands.length > 0 && (
        <>
          <h2>Hands raised</h2>
          <ol className="people">
            {hands.map((one) => (
              <HandRow key={one.id} participant={one} />
            ))}
          </ol>
        </>
      )}
      <div className="panel-head">
        <h2>On stage ({onStage.length})</h2>
        <MuteAllButton />
      </div>
      <ul className="people">
        {onStage.map((one) => (
          <PersonRow key={one.id} participant={one}>
            <StagePersonActions participant={one} />
          </PersonRow>
        ))}
      </ul>
      {seated.length > 0 && (
        <>
          <h2>Audience ({counts.audience})</h2>
          <ul className="people">
            {seated.map((one) => (
              <PersonRow key={one.id} participant={one}>
                <SeatPersonActions participant={one} />
              </PersonRow>
            ))}
          </ul>
        </>
      )}
      <ViewersList />
    </section>
  );
}
