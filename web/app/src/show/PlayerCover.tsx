import type { PlayerView } from "@onstage/client";
import { useSession } from "../hooks/SessionContext.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";
import { Spinner } from "../ui/Spinner.js";

/** What stands over the picture while there is none, or it stands still. */
export function PlayerCover({ view }: { view: PlayerView }) {
  const { player } = useSession();
  switch (view.state) {
    case "playing":
      return null;
    case "stalled":
      return (
        <div className="show-cover show-cover-thin">
          <Spinner label={view.isServerReached ? "Catching up…" : "Reconnecting…"} />
        </div>
      );
    case "paused":
      return (
        <div className="show-cover show-cover-thin">
          <Button look="primary" icon="play" onClick={() => player.play()}>
            Back to live
          </Button>
        </div>
      );
    case "failed":
      return (
        <div className="show-cover" role="alert">
          <h2>{view.error?.title}</h2>
          <p>{view.error?.fix}</p>
        </div>
      );
    default:
      return <WaitingCover view={view} />;
  }
}

/** Before, between and after shows. */
function WaitingCover({ view }: { view: PlayerView }) {
  const { room, broadcast } = useSnapshot();
  if (view.state === "ended" || broadcast?.status === "stopping" || broadcast?.status === "ended") {
    return (
      <div className="show-cover">
        <p className="eyebrow">The show is over</p>
        <h2 className="clamped" dir="auto" title={room.title}>
          {room.title}
        </h2>
        <p className="quiet">Stay if there is more to come: the next one starts here by itself.</p>
      </div>
    );
  }
  if (broadcast?.status === "live" || broadcast?.status === "starting") {
    return (
      <div className="show-cover">
        <Spinner label="Starting the show…" />
      </div>
    );
  }
  return (
    <div className="show-cover" data-testid="not-live">
      <span className="beam" aria-hidden="true" />
      <p className="eyebrow">Not live yet</p>
      <h2 className="clamped" dir="auto" title={room.title}>
        {room.title}
      </h2>
      <p className="quiet">Stay here: the show starts by itself.</p>
      {!view.isServerReached && <p className="quiet">The server cannot be reached; still trying.</p>}
    </div>
  );
}
