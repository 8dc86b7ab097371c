import { useCallback, useEffect } from "react";
import { RenameContext } from "../chat/RenameContext.js";
import { ErrorCard } from "../errors/ErrorCard.js";
import { useRoomSession } from "../hooks/useRoomSession.js";
import { Room } from "../room/Room.js";
import type { Entry } from "../route.js";
import { storedName, storeName } from "../storedName.js";
import { isFinal } from "../isFinal.js";
import { Button } from "../ui/Button.js";
import { Spinner } from "../ui/Spinner.js";
import { EndedPage } from "./EndedPage.js";

/** Joins at once: whoever only watches is asked nothing. */
export function WatchPage({ entry }: { entry: Entry }) {
  const { state, join, rejoin } = useRoomSession(entry);
  const rename = useCallback(
    (name: string) => {
      storeName(name);
      rejoin({ name });
    },
    [rejoin],
  );
  useEffect(() => join({ name: storedName(entry) }), [entry, join]);
  switch (state.phase) {
    case "joined":
      return (
        <RenameContext value={"code" in entry ? rename : null}>
          <Room key={state.session.token} session={state.session} page="watch" />
        </RenameContext>
      );
    case "left":
      return <EndedPage error={state.error} reason={state.reason} onRejoin={() => location.reload()} />;
    case "failed":
      return (
        <main className="center-page">
          <ErrorCard error={state.error}>
            {!isFinal(state.error) && (
              <Button look="primary" onClick={() => join({ name: storedName(entry) })}>
                Try again
              </Button>
            )}
          </ErrorCard>
        </main>
      );
    default:
      return (
        <main className="center-page">
          <Spinner label="Joining…" />
        </main>
      );
  }
}
