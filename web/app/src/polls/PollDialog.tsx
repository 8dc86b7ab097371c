import type { PollView } from "@onstage/client";
import { useId, useState, type SubmitEvent } from "react";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { Button } from "../ui/Button.js";
import { CheckField } from "../ui/CheckField.js";
import { Dialog } from "../ui/Dialog.js";
import { TextField } from "../ui/TextField.js";
import { OptionFields } from "./OptionFields.js";

interface Props {
  readonly onClose: () => void;
  readonly onCreated: (poll: PollView) => void;
}

/** A question and its options. Everything else that polls can is for the app's own server. */
export function PollDialog({ onClose, onCreated }: Props) {
  const { polls } = useSession();
  const [question, setQuestion] = useState("");
  const [options, setOptions] = useState<readonly string[]>(["", ""]);
  const [isLive, setLive] = useState(true);
  const [isAnonymous, setAnonymous] = useState(false);
  const { isBusy, run } = useAction();
  const id = useId();
  const given = [...new Set(options.map((one) => one.trim()).filter(Boolean))];
  const create = async (): Promise<void> => {
    const poll = await polls.create({
      title: question.trim(),
      questions: [{ text: question.trim(), options: given }],
      anonymous: isAnonymous,
      results_shown: isLive ? "live" : "after_stop",
    });
    onCreated(poll);
    onClose();
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    run(create);
  };
  return (
    <Dialog
      title="New poll"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            type="submit"
            form={id}
            disabled={isBusy || question.trim() === "" || given.length < 2}
            data-testid="poll-create"
          >
            Create
          </Button>
        </>
      }
    >
      <form id={id} className="poll-form" onSubmit={submit}>
        <TextField label="Question" value={question} maxLength={200} autoFocus onChange={setQuestion} />
        <OptionFields options={options} onChange={setOptions} />
        <CheckField label="Show the result while people vote" isOn={isLive} onChange={setLive} />
        <CheckField
          label="Anonymous: nobody learns who chose what"
          isOn={isAnonymous}
          onChange={setAnonymous}
        />
      </form>
    </Dialog>
  );
}
