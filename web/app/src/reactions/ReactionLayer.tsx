import { useReactions } from "./useReactions.js";

/** Lanes in which reactions rise, so that they don't cover each other. */
const LANES = 5;

/** Reactions rise over the picture. Where motion is unwelcome they stand in a row instead; nothing is read out. */
export function ReactionLayer() {
  const shown = useReactions();
  return (
    <div className="reaction-layer" aria-hidden="true">
      {shown.map(({ id, emoji, count }) => (
        <span key={id} className="reaction" style={{ "--lane": id % LANES }} data-testid="reaction">
          {emoji}
          {count > 1 && <small>{count}</small>}
        </span>
      ))}
    </div>
  );
}
