import { useSnapshot } from "../hooks/useSnapshot.js";
import { HandRow } from "./HandRow.js";
import { PersonRow } from "./PersonRow.js";
import { StagePersonActions } from "./StagePersonActions.js";
import { SeatPersonActions } from "./SeatPersonActions.js";

/** Raised hands first, in their order; then the stage, then the seats. Viewers are only counted. */
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
      <h2>On stage ({onStage.length})</h2>
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
      <p className="quiet viewers-line">{counts.viewer === 1 ? "1 viewer" : `${counts.viewer} viewers`}</p>
    </section>
  );
}
