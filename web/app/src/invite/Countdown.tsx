import { useNow } from "../hooks/useNow.js";

/** How long an answer is still awaited. */
export function Countdown({ from, until }: { from: string; until: string }) {
  const now = useNow(250);
  const leftMs = Math.max(0, Date.parse(until) - now);
  const share = leftMs / Math.max(1, Date.parse(until) - Date.parse(from));
  return (
    <div className="countdown">
      <span className="countdown-bar" style={{ "--share": Math.min(1, share) }} aria-hidden="true" />
      <span>{Math.ceil(leftMs / 1000)} s left to answer</span>
    </div>
  );
}
