import type { PlayerView } from "@onstage/client";
import { useSession } from "../hooks/SessionContext.js";
import { Button } from "../ui/Button.js";
import { Spinner } from "../ui/Spinner.js";
import { WaitingCover } from "./WaitingCover.js";

interface Props {
  readonly view: PlayerView;
  readonly onRecording: (() => void) | null;
}

/** What stands over the picture while there is none, or it stands still. */
export function PlayerCover({ view, onRecording }: Props) {
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
      return <WaitingCover view={view} onRecording={onRecording} />;
  }
}
