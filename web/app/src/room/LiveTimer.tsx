import { useNow } from "../hooks/useNow.js";
import { formatDuration } from "./formatDuration.js";

/** How long it has been live, drawn each second; not read out. */
export function LiveTimer({ since }: { since: string }) {
  const now = useNow(1_000);
  return (
    <span className="live-timer" aria-hidden="true">
      {formatDuration(now - Date.parse(since))}
    </span>
  );
}
