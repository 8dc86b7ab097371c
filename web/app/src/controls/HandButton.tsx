import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { ToggleButton } from "./ToggleButton.js";

/** Asks to come on stage, and says how far along the queue one is. */
export function HandButton() {
  const session = useSession();
  const { me, hands } = useSnapshot();
  const { isBusy, run } = useAction();
  const isUp = me.hand_raised_at !== null;
  const place = hands.findIndex((one) => one.id === me.id) + 1;
  return (
    <>
      <ToggleButton
        icon="hand"
        label={isUp ? "Lower hand" : "Raise hand"}
        isOn={isUp}
        disabled={isBusy}
        onClick={() => run(() => (isUp ? session.lowerHand() : session.raiseHand()))}
        data-testid="raise-hand"
      />
      {isUp && place > 0 && (
        <span className="queue-place" role="status">
          {place === 1 ? "You are next." : `You are number ${place} in the queue.`}
        </span>
      )}
    </>
  );
}
