import { useSession } from "../hooks/SessionContext.js";
import { useAction } from "../hooks/useAction.js";
import { usePermission } from "../hooks/useSnapshot.js";

const REACTIONS = [
  { emoji: "❤️", label: "Love it" },
  { emoji: "😂", label: "Laugh" },
  { emoji: "😮", label: "Wow" },
  { emoji: "👏", label: "Applaud" },
  { emoji: "🎉", label: "Celebrate" },
] as const;

/** What one shows without words; everybody sees how many do. */
export function ReactionBar() {
  const { reactions } = useSession();
  const { run } = useAction();
  if (!usePermission("reaction.send")) {
    return null;
  }
  return (
    <div className="reaction-bar" role="group" aria-label="Reactions">
      {REACTIONS.map(({ emoji, label }) => (
        <button
          key={emoji}
          type="button"
          aria-label={label}
          title={label}
          onClick={() => run(() => reactions.send(emoji))}
        >
          {emoji}
        </button>
      ))}
    </div>
  );
}
