import type { BroadcastView } from "@onstage/client";
import { useState, type SubmitEvent } from "react";
import { Button } from "../ui/Button.js";
import { CheckField } from "../ui/CheckField.js";
import { TextField } from "../ui/TextField.js";
import { useLook } from "./useLook.js";

/** The title, and whether it stands in the picture. */
export function TitleFields({ broadcast }: { broadcast: BroadcastView }) {
  const { isBusy, change, changeLook } = useLook();
  const [title, setTitle] = useState(broadcast.title);
  const isOther = title.trim() !== "" && title.trim() !== broadcast.title;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    change({ title: title.trim() });
  };
  return (
    <fieldset>
      <form className="look-line" onSubmit={submit}>
        <TextField label="Title" value={title} maxLength={200} onChange={setTitle} />
        <Button type="submit" disabled={isBusy || !isOther}>
          Change
        </Button>
      </form>
      <CheckField
        label="Along the top of the picture"
        isOn={broadcast.look.show_title ?? false}
        onChange={(isOn) => changeLook({ show_title: isOn })}
      />
    </fieldset>
  );
}
