import { useId } from "react";
import { Button } from "../ui/Button.js";
import { Dialog } from "../ui/Dialog.js";

/** The link to watch, to be copied by hand: browsers copy for a page on HTTPS or localhost only. */
export function LinkDialog({ url, onClose }: { url: string; onClose: () => void }) {
  const id = useId();
  return (
    <Dialog
      title="The link to watch"
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="field">
        <label htmlFor={id}>Your browser lets nothing be copied here: copy it yourself.</label>
        <input id={id} value={url} readOnly autoFocus onFocus={(event) => event.target.select()} />
      </div>
    </Dialog>
  );
}
