import { preloadStage } from "@onstage/client";
import { useEffect, useRef } from "react";
import { usePlayerView } from "../hooks/usePlayer.js";
import { useSession } from "../hooks/SessionContext.js";
import { LiveBadge } from "../room/LiveBadge.js";
import { IconButton } from "../ui/IconButton.js";
import { Latency } from "./Latency.js";
import { PlayerCover } from "./PlayerCover.js";
import { toggleFullscreen } from "./toggleFullscreen.js";
import { VolumeButton } from "./VolumeButton.js";

/** A browser may refuse it, as within another page's frame; the show goes on all the same. */
function fill(video: HTMLVideoElement | null): void {
  if (video?.parentElement) {
    toggleFullscreen(video.parentElement, video).catch(() => undefined);
  }
}

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
      {isShown && (
        <div className="show-bottom">
          <VolumeButton view={view} />
          <IconButton icon="fullscreen" label="Full screen" onClick={() => fill(element.current)} />
        </div>
      )}
    </div>
  );
}
