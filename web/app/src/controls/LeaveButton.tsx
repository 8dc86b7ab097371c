import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { ToggleButton } from "./ToggleButton.js";

/** Out of the room. A broadcast goes on. */
export function LeaveButton() {
  const session = useSession();
  const { isBusy, run } = useAction();
  return (
    <ToggleButton
      icon="leave"
      label="Leave"
      className="toggle-leave"
      disabled={isBusy}
      onClick={() => run(() => session.leave())}
      data-testid="leave-room"
    />
  );
}
