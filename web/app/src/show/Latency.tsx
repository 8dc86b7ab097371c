import { useSession } from "../hooks/SessionContext.js";
import { useNow } from "../hooks/useNow.js";

/** How far behind the stage the picture is. A clock that is wrong by more than this is not worth showing. */
const PLAUSIBLE_MS = 60_000;

export function Latency() {
  const { player } = useSession();
  useNow(500);
  const { latencyMs } = player;
  if (latencyMs === null || latencyMs < 0 || latencyMs > PLAUSIBLE_MS) {
    return null;
  }
  return (
    <span className="latency" data-testid="latency" title="Behind the stage">
      {(latencyMs / 1000).toFixed(1)} s<span className="visually-hidden"> behind the stage</span>
    </span>
  );
}
