import { useSnapshot } from "../hooks/useSnapshot.js";
import { LiveTimer } from "./LiveTimer.js";

const WORDS = { starting: "Starting", live: "Live", stopping: "Ending" } as const;

/** Whether the show is on air, and for how long. Nothing is shown while it is not. */
export function LiveBadge() {
  const { broadcast } = useSnapshot();
  if (!broadcast || broadcast.status === "ended" || broadcast.status === "failed") {
    return null;
  }
  const { status, live_at: liveAt } = broadcast;
  return (
    <span className={`live-badge live-badge-${status}`} role="status" data-testid="live-badge">
      <span className="live-dot" aria-hidden="true" />
      {WORDS[status]}
      {status === "live" && liveAt && <LiveTimer since={liveAt} />}
    </span>
  );
}
