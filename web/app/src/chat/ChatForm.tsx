import { useState, type SubmitEvent } from "react";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { IconButton } from "../ui/IconButton.js";

const LONGEST = 2_000;

/** What was typed stays until the server has it. */
export function ChatForm() {
  const session = useSession();
  const [text, setText] = useState("");
  const { isBusy, run } = useAction();
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const trimmed = text.trim();
    if (trimmed !== "" && !isBusy) {
      run(async () => {
        await session.sendChat(trimmed);
        setText("");
      });
    }
  };
  return (
    <form className="chat-form" onSubmit={send}>
      <input
        value={text}
        onChange={(event) => setText(event.target.value)}
        maxLength={LONGEST}
        placeholder="Write a message"
        aria-label="Message"
        autoComplete="off"
        enterKeyHint="send"
        data-testid="chat-input"
      />
      <IconButton
        icon="send"
        label="Send"
        type="submit"
        disabled={text.trim() === ""}
        data-testid="chat-send"
      />
    </form>
  );
}
