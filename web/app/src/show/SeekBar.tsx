import type { BroadcastView } from "@onstage/client";
import { useState } from "react";
import { useSession } from "../hooks/SessionContext.js";
import { useNow } from "../hooks/useNow.js";
import { formatDuration } from "../room/formatDuration.js";
import { Button } from "../ui/Button.js";

interface Props {
  readonly broadcast: BroadcastView;
  readonly isRewound: boolean;
}

/** Nearer than this there is nothing to go back for. */
const SHORTEST_MS = 20_000;
const STEP_MS = 1_000;

/** Back in time while the show goes on, and to live again. */
export function SeekBar({ broadcast, isRewound }: Props) {
  const { player } = useSession();
  const liveMs = useNow(1_000);
  const [draggedMs, setDraggedMs] = useState<number | null>(null);
  const fromMs = Math.max(Date.parse(broadcast.live_at ?? ""), liveMs - broadcast.dvr_window_s * 1_000);
  if (!(liveMs - fromMs >= SHORTEST_MS)) {
    return null;
  }
  const shownMs = draggedMs ?? (isRewound ? liveMs - (player.latencyMs ?? 0) : liveMs);
  const go = (): void => {
    if (draggedMs !== null) {
      setDraggedMs(null);
      player.seekTo(draggedMs);
    }
  };
  return (
    <div className="seek">
      <input
        type="range"
        min={fromMs}
        max={liveMs}
        step={STEP_MS}
        value={shownMs}
        aria-label="Position in the show"
        aria-valuetext={spoken(liveMs - shownMs)}
        data-testid="seek"
        onChange={(event) => setDraggedMs(event.target.valueAsNumber)}
        onPointerUp={go}
        onKeyUp={go}
        onBlur={go}
      />
      <span className="seek-behind">
        {shownMs < liveMs - STEP_MS ? `−${formatDuration(liveMs - shownMs)}` : ""}
      </span>
      {isRewound && (
        <Button look="live" className="button-small" onClick={() => player.goLive()} data-testid="go-live">
          Go to live
        </Button>
      )}
    </div>
  );
}

function spoken(behindMs: number): string {
  return behindMs < 2 * STEP_MS ? "live" : `${formatDuration(behindMs)} behind live`;
}
