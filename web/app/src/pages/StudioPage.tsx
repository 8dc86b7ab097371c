import { ErrorCard } from "../errors/ErrorCard.js";
import { useRoomSession } from "../hooks/useRoomSession.js";
import { isFinal } from "../isFinal.js";
import { Prejoin } from "../prejoin/Prejoin.js";
import { Room } from "../room/Room.js";
import type { Entry } from "../route.js";
import { EndedPage } from "./EndedPage.js";

/** Look into the mirror, join, and run the show. */
export function StudioPage({ entry }: { entry: Entry }) {
  const { state, join } = useRoomSession(entry);
  switch (state.phase) {
    case "joined":
      return <Room session={state.session} page="studio" />;
    case "left":
      return <EndedPage error={state.error} reason={state.reason} onRejoin={() => location.reload()} />;
    case "failed":
      return isFinal(state.error) ? (
        <main className="center-page">
          <ErrorCard error={state.error} />
        </main>
      ) : (
        <Prejoin entry={entry} isJoining={false} error={state.error} onJoin={join} />
      );
    default:
      return <Prejoin entry={entry} isJoining={state.phase === "joining"} error={null} onJoin={join} />;
  }
}
