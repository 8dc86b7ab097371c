import type { PollView } from "@onstage/client";
import { useNow } from "../hooks/useNow.js";
import { formatDuration } from "../room/formatDuration.js";

/** In a few words: how many have voted, how long there still is, and whether anybody learns who chose what. */
export function PollState({ poll, hasVoted }: { poll: PollView; hasVoted: boolean }) {
  const { status, result, anonymous, stops_at: stopsAt } = poll;
  const parts = [
    status === "stopped" ? "Closed" : hasVoted ? "You have voted" : "Open",
    result && (result.voters === 1 ? "1 vote" : `${result.voters} votes`),
    anonymous && "anonymous",
  ];
  return (
    <small className="quiet" role="status">
      {parts.filter(Boolean).join(" · ")}
      {status === "started" && stopsAt && <Remaining until={stopsAt} />}
    </small>
  );
}

function Remaining({ until }: { until: string }) {
  const now = useNow(1_000);
  return <span aria-hidden="true"> · {formatDuration(Date.parse(until) - now)} left</span>;
}
