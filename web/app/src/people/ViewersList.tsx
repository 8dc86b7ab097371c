import type { ParticipantView } from "@onstage/client";
import { useState } from "react";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { usePermission, useSnapshot } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";
import { PersonRow } from "./PersonRow.js";
import { SeatPersonActions } from "./SeatPersonActions.js";

interface Listed {
  readonly people: readonly ParticipantView[];
  readonly nextCursor: string | null;
}

/** Viewers are counted; who they are is asked for, a page at a time: there may be thousands. */
export function ViewersList() {
  const session = useSession();
  const { counts, participants, hands } = useSnapshot();
  const mayList = usePermission("participant.list");
  const [listed, setListed] = useState<Listed | null>(null);
  const { isBusy, run } = useAction();
  const load = async (cursor?: string): Promise<void> => {
    const page = await session.people.list({ level: "viewer", ...(cursor !== undefined && { cursor }) });
    const before = cursor === undefined ? [] : (listed?.people ?? []);
    setListed({ people: [...before, ...page.data], nextCursor: page.next_cursor });
  };
  const elsewhere = new Set([...participants, ...hands].map(({ id }) => id));
  const people = listed?.people.filter(({ id }) => !elsewhere.has(id)) ?? [];
  const more = listed?.nextCursor ?? null;
  return (
    <>
      <div className="panel-head">
        <h2>Watching ({counts.viewer})</h2>
        {mayList && counts.viewer > 0 && (
          <Button
            className="button-small"
            disabled={isBusy}
            onClick={() => run(load)}
            data-testid="viewers-show"
          >
            {listed ? "Refresh" : "Show"}
          </Button>
        )}
      </div>
      {people.length > 0 && (
        <ul className="people">
          {people.map((one) => (
            <PersonRow key={one.id} participant={one} testId={`viewer-${one.identity}`}>
              <SeatPersonActions participant={one} />
            </PersonRow>
          ))}
        </ul>
      )}
      {more !== null && (
        <Button className="button-small" disabled={isBusy} onClick={() => run(() => load(more))}>
          More
        </Button>
      )}
    </>
  );
}
