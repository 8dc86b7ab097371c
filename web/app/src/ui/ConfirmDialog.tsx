import { Button } from "./Button.js";
import { Dialog } from "./Dialog.js";

interface Props {
  /** What is about to be done; the button says the same. */
  readonly title: string;
  readonly question: string;
  readonly onClose: () => void;
  readonly onYes: () => void;
}

/** Asks before what can't be taken back here. */
export function ConfirmDialog({ title, question, onClose, onYes }: Props) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" onClick={onYes} data-testid="confirm">
            {title}
          </Button>
        </>
      }
    >
      <p>{question}</p>
    </Dialog>
  );
}
