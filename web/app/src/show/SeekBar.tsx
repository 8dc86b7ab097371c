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

/** Back in time while the show goes on, and to live again. What it holds is how far back, so live is always its end. */
export function SeekBar({ broadcast, isRewound }: Props) {
  const { player } = useSession();
  const liveMs = useNow(1_000);
  const [dragged, setDragged] = useState<number | null>(null);
  const fromMs = Math.max(Date.parse(broadcast.live_at ?? ""), liveMs - broadcast.dvr_window_s * 1_000);
  if (!(liveMs - fromMs >= SHORTEST_MS)) {
    return null;
  }
  const behindMs = dragged === null ? (isRewound ? (player.latencyMs ?? 0) : 0) : -dragged;
  const go = (): void => {
    if (dragged !== null) {
      setDragged(null);
      player.seekTo(Date.now() + dragged);
    }
  };
  return (
    <div className="seek">
      <input
        type="range"
        min={fromMs - liveMs}
        max={0}
        step="any"
        value={-behindMs}
        aria-label="Position in the show"
        aria-valuetext={spoken(behindMs)}
        data-testid="seek"
        onChange={(event) => setDragged(event.target.valueAsNumber)}
        onPointerUp={go}
        onKeyUp={go}
        onBlur={go}
      />
      <span className="seek-behind">{behindMs > STEP_MS ? `−${formatDuration(behindMs)}` : ""}</span>
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
