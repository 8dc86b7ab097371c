import { useSnapshot } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";
import { Dialog } from "../ui/Dialog.js";

/** Everybody who watches is cut off: worth a question. */
export function EndDialog({ onClose, onEnd }: { onClose: () => void; onEnd: () => void }) {
  const { counts } = useSnapshot();
  const viewers = counts.viewer + counts.hls;
  return (
    <Dialog
      title="End the broadcast?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Stay live</Button>
          <Button look="danger" onClick={onEnd} data-testid="end-confirm">
            End it
          </Button>
        </>
      }
    >
      <p>
        {viewers === 1 ? "One viewer is" : `${viewers} viewers are`} watching. The people on stage stay
        together.
      </p>
    </Dialog>
  );
}
