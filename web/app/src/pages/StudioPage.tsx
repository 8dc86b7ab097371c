import { useRoomSession } from "../hooks/useRoomSession.js";
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
    default:
      return (
        <Prejoin
          entry={entry}
          isJoining={state.phase === "joining"}
          error={state.phase === "failed" ? state.error : null}
          onJoin={join}
        />
      );
  }
}
