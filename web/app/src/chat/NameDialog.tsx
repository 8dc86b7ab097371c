import { useId, useState, type SubmitEvent } from "react";
import { Button } from "../ui/Button.js";
import { Dialog } from "../ui/Dialog.js";
import { isReadable } from "./isReadable.js";

interface Props {
  readonly name: string;
  readonly onClose: () => void;
  readonly onName: (name: string) => void;
}

export function NameDialog({ name, onClose, onName }: Props) {
  const [text, setText] = useState(name);
  const id = useId();
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isReadable(text)) {
      onName(text.trim());
    }
  };
  return (
    <Dialog
      title="Who are you?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={id} disabled={!isReadable(text)}>
            Use this name
          </Button>
        </>
      }
    >
      <form id={id} className="field" onSubmit={save}>
        <label htmlFor={`${id}-name`}>Your name</label>
        <input
          id={`${id}-name`}
          value={text}
          onChange={(event) => setText(event.target.value)}
          maxLength={120}
          autoComplete="name"
          dir="auto"
          autoFocus
        />
      </form>
    </Dialog>
  );
}
