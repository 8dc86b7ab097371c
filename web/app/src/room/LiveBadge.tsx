import { useSnapshot } from "../hooks/useSnapshot.js";
import { isRecorded } from "./isOnAir.js";
import { LiveTimer } from "./LiveTimer.js";

const WORDS = { starting: "Starting", live: "Live", stopping: "Ending" } as const;

/** Whether the show is on air, for how long, and that it is recorded. Nothing is shown while it is not on air. */
export function LiveBadge() {
  const { broadcast } = useSnapshot();
  if (!broadcast || broadcast.status === "ended" || broadcast.status === "failed") {
    return null;
  }
  const { status, live_at: liveAt } = broadcast;
  return (
    <>
      <span className={`live-badge live-badge-${status}`} role="status" data-testid="live-badge">
        <span className="live-dot" aria-hidden="true" />
        {WORDS[status]}
        {status === "live" && liveAt && <LiveTimer since={liveAt} />}
      </span>
      {isRecorded(broadcast) && (
        <span className="live-badge" role="status" title="This show is being recorded" data-testid="recorded">
          <span aria-hidden="true">REC</span>
          <span className="visually-hidden">This show is being recorded.</span>
        </span>
      )}
    </>
  );
}
