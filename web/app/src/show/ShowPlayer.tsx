import { preloadStage } from "@onstage/client";
import { useEffect, useRef, useState } from "react";
import { usePlayerView } from "../hooks/usePlayer.js";
import { useSession } from "../hooks/SessionContext.js";
import { LiveBadge } from "../room/LiveBadge.js";
import { Latency } from "./Latency.js";
import { PlayerControls } from "./PlayerControls.js";
import { PlayerCover } from "./PlayerCover.js";
import { RecordingPlayer } from "./RecordingPlayer.js";
import { useRecording } from "./useRecording.js";

/** The show that is on or comes; between shows, on a click, what was recorded of the last. */
export function ShowPlayer() {
  const session = useSession();
  const recording = useRecording();
  const [chosen, setChosen] = useState<string | null>(null);
  if (recording !== null && recording === chosen) {
    return <RecordingPlayer url={session.recordingUrl(recording)} onClose={() => setChosen(null)} />;
  }
  return <LivePlayer onRecording={recording === null ? null : () => setChosen(recording)} />;
}

/** The composed show, as near to live as HLS gets. */
function LivePlayer({ onRecording }: { onRecording: (() => void) | null }) {
  const { player } = useSession();
  const element = useRef<HTMLVideoElement>(null);
  const view = usePlayerView();
  useEffect(() => {
    if (element.current) {
      player.attach(element.current);
    }
    return () => player.detach();
  }, [player]);
  useEffect(() => void preloadStage(), []);
  const isShown = view.state === "playing" || view.state === "stalled" || view.state === "paused";
  return (
    <div className="show" data-state={view.state}>
      <video ref={element} playsInline data-testid="player" aria-label="The live show" />
      <PlayerCover view={view} onRecording={onRecording} />
      <div className="show-top">
        <LiveBadge />
        {isShown && <Latency />}
      </div>
      {isShown && <PlayerControls view={view} video={element} />}
    </div>
  );
}
