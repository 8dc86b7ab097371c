import { preloadStage } from "@onstage/client";
import { useEffect, useRef } from "react";
import { usePlayerView } from "../hooks/usePlayer.js";
import { useSession } from "../hooks/SessionContext.js";
import { LiveBadge } from "../room/LiveBadge.js";
import { Latency } from "./Latency.js";
import { PlayerControls } from "./PlayerControls.js";
import { PlayerCover } from "./PlayerCover.js";

/** The composed show, as near to live as HLS gets. */
export function ShowPlayer() {
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
      <PlayerCover view={view} />
      <div className="show-top">
        <LiveBadge />
        {isShown && <Latency />}
      </div>
      {isShown && <PlayerControls view={view} video={element} />}
    </div>
  );
}
