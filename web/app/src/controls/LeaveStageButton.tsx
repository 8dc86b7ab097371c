import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { ToggleButton } from "./ToggleButton.js";

/** Back to the seats, and to the player. */
export function LeaveStageButton() {
  const session = useSession();
  const { me } = useSnapshot();
  const { isBusy, run } = useAction();
  return (
    <ToggleButton
      icon="stepDown"
      label="Leave the stage"
      className="toggle-leave"
      disabled={isBusy}
      onClick={() => run(() => session.demote(me.id))}
      data-testid="leave-stage"
    />
  );
}
