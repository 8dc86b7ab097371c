import { useLevel } from "../hooks/useLevel.js";

const BARS = 16;

/** Says without words that the microphone works. */
export function LevelMeter({ stream }: { stream: MediaStream | null }) {
  const level = useLevel(stream);
  const lit = Math.round(level * BARS);
  return (
    <div
      className="level-meter"
      role="meter"
      aria-label="Microphone level"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(level * 100)}
    >
      {Array.from({ length: BARS }, (_, index) => (
        <span key={index} className={index < lit ? "is-lit" : ""} />
      ))}
    </div>
  );
}
