import { useState } from "react";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { isOnAir } from "../room/isOnAir.js";
import { useLayout } from "../room/LayoutContext.js";
import { Button } from "../ui/Button.js";
import { EndDialog } from "./EndDialog.js";

/** Go live, and end: the latter asks first. */
export function BroadcastControl() {
  const session = useSession();
  const { broadcast } = useSnapshot();
  const { layout } = useLayout();
  const { isBusy, run } = useAction();
  const [isAsking, setAsking] = useState(false);
  if (!isOnAir(broadcast)) {
    return (
      <Button
        look="live"
        disabled={isBusy}
        onClick={() => run(() => session.startBroadcast({ layout }))}
        data-testid="go-live"
      >
        {isBusy ? "Starting…" : "Go live"}
      </Button>
    );
  }
  return (
    <>
      <Button
        look="danger"
        disabled={isBusy || broadcast?.status === "stopping"}
        onClick={() => setAsking(true)}
        data-testid="end-live"
      >
        {broadcast?.status === "stopping" ? "Ending…" : "End"}
      </Button>
      {isAsking && (
        <EndDialog
          onClose={() => setAsking(false)}
          onEnd={() => {
            setAsking(false);
            run(() => session.stopBroadcast());
          }}
        />
      )}
    </>
  );
}
