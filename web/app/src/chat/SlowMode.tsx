import { useEffect } from "react";
import { useNow } from "../hooks/useNow.js";
import { formatWait } from "./formatWait.js";

interface Props {
  /** Seconds between two messages of one person; 0 without slow mode. */
  readonly everyS: number;
  /** When I may write again; null: now. */
  readonly until: number | null;
  readonly onOver: () => void;
}

/** Says that people write slowly here, and when it is my turn again. */
export function SlowMode({ everyS, until, onOver }: Props) {
  if (until !== null) {
    return <Waiting until={until} onOver={onOver} />;
  }
  return everyS > 0 ? (
    <p className="chat-note quiet">Slow mode: one message every {formatWait(everyS)}.</p>
  ) : null;
}

function Waiting({ until, onOver }: { until: number; onOver: () => void }) {
  const leftS = Math.ceil((until - useNow(250)) / 1000);
  const isOver = leftS <= 0;
  useEffect(() => {
    if (isOver) {
      onOver();
    }
  }, [isOver, onOver]);
  return (
    <p className="chat-note" data-testid="chat-wait">
      Slow mode: you can write again in {formatWait(Math.max(leftS, 1))}.
    </p>
  );
}
