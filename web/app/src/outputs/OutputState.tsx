import type { OutputView } from "@onstage/client";

const LABELS: Readonly<Record<OutputView["status"], string>> = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  failed: "Failed",
  ended: "Ended",
};

const REASONS: Readonly<Record<string, string>> = {
  not_allowed: "The server may not connect there.",
  unreachable: "It can't be reached.",
  certificate: "Its certificate is not valid.",
  refused: "It refuses the stream: check the key.",
  closed: "It hangs up: check the key.",
  slow: "It is too slow: pictures are dropped.",
  unreadable: "The key has to be given again.",
  lost: "The connection was lost.",
  composer: "The show was started anew.",
};

/** How a target is, as a chip, and why in a few words. */
export function OutputState({ output: { status, reason } }: { output: OutputView }) {
  const isSlow = status === "live" && reason !== null;
  return (
    <span className="output-state" role="status">
      <span className={`chip chip-${isSlow ? "reconnecting" : status}`}>{LABELS[status]}</span>
      {reason && <span title={reason.detail ?? undefined}>{REASONS[reason.code]}</span>}
    </span>
  );
}
