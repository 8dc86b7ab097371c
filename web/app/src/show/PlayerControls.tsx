import type { PlayerView } from "@onstage/client";
import { useState, type RefObject } from "react";
import { IconButton } from "../ui/IconButton.js";
import { PictureInPictureButton } from "./PictureInPictureButton.js";
import { PlayerMenu } from "./PlayerMenu.js";
import { StatsOverlay } from "./StatsOverlay.js";
import { toggleFullscreen } from "./toggleFullscreen.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { SeekBar } from "./SeekBar.js";
import { VolumeButton } from "./VolumeButton.js";

interface Props {
  readonly view: PlayerView;
  readonly video: RefObject<HTMLVideoElement | null>;
}

/** A browser may refuse it, as within another page's frame; the show goes on all the same. */
function fill(video: HTMLVideoElement | null): void {
  if (video?.parentElement) {
    toggleFullscreen(video.parentElement, video).catch(() => undefined);
  }
}

/** Below the picture: sound, settings, small window, full screen. */
export function PlayerControls({ view, video }: Props) {
  const [hasStats, setHasStats] = useState(false);
  const { broadcast } = useSnapshot();
  const hasDvr = broadcast?.status === "live" && broadcast.dvr_window_s > 0 && broadcast.live_at !== null;
  return (
    <>
      {hasStats && <StatsOverlay />}
      <div className="show-bottom">
        <VolumeButton view={view} />
        {hasDvr && <SeekBar broadcast={broadcast} isRewound={view.isRewound} />}
        <span className="show-buttons">
          <PlayerMenu choices={view.choices} hasStats={hasStats} onStats={setHasStats} />
          <PictureInPictureButton video={video} />
          <IconButton icon="fullscreen" label="Full screen" onClick={() => fill(video.current)} />
        </span>
      </div>
    </>
  );
}
