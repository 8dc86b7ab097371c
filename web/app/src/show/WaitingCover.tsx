import type { PlayerView } from "@onstage/client";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";
import { Spinner } from "../ui/Spinner.js";
import { ShowCard } from "./ShowCard.js";

interface Props {
  readonly view: PlayerView;
  /** Plays what was recorded; null: there is nothing to play. */
  readonly onRecording: (() => void) | null;
}

/** Before, between and after shows. */
export function WaitingCover({ view, onRecording }: Props) {
  const { broadcast } = useSnapshot();
  const status = broadcast?.status;
  if (view.state === "ended" || status === "stopping" || status === "ended" || onRecording) {
    return (
      <ShowCard eyebrow="The show is over" data-testid="over">
        {onRecording && (
          <Button look="primary" icon="play" onClick={onRecording} data-testid="watch-recording">
            Watch the recording
          </Button>
        )}
        <p className="quiet">Stay if there is more to come: the next one starts here by itself.</p>
      </ShowCard>
    );
  }
  if (status === "live" || status === "starting") {
    return (
      <div className="show-cover">
        <Spinner label="Starting the show…" />
      </div>
    );
  }
  return (
    <ShowCard eyebrow="Not live yet" data-testid="not-live">
      <p className="quiet">Stay here: the show starts by itself.</p>
      {!view.isServerReached && <p className="quiet">The server cannot be reached; still trying.</p>}
    </ShowCard>
  );
}
