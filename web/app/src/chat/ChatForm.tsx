import { OnstageError } from "@onstage/client";
import { useState, type SubmitEvent } from "react";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { IconButton } from "../ui/IconButton.js";
import { isReadable } from "./isReadable.js";
import { SlowMode } from "./SlowMode.js";

const LONGEST = 2_000;

/** What was typed stays until the server has it. */
export function ChatForm({ slowModeS }: { slowModeS: number }) {
  const session = useSession();
  const [text, setText] = useState("");
  const [blockedUntil, setBlockedUntil] = useState<number | null>(null);
  const { isBusy, run } = useAction();
  const wait = (seconds: number): void => setBlockedUntil(Date.now() + seconds * 1000);
  const post = async (message: string): Promise<void> => {
    try {
      await session.chat.send(message);
      setText("");
      if (slowModeS > 0) {
        wait(slowModeS);
      }
    } catch (error) {
      if (!(error instanceof OnstageError && error.code === "slow_mode" && error.retryAfterS !== null)) {
        throw error;
      }
      wait(error.retryAfterS);
    }
  };
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const trimmed = text.trim();
    if (isReadable(trimmed) && !isBusy && blockedUntil === null) {
      run(() => post(trimmed));
    }
  };
  return (
    <>
      <SlowMode everyS={slowModeS} until={blockedUntil} onOver={() => setBlockedUntil(null)} />
      <form className="chat-form" onSubmit={send}>
        <input
          value={text}
          onChange={(event) => setText(event.target.value)}
          maxLength={LONGEST}
          placeholder="Write a message"
          aria-label="Message"
          autoComplete="off"
          dir="auto"
          enterKeyHint="send"
          data-testid="chat-input"
        />
        <IconButton
          icon="send"
          label="Send"
          type="submit"
          disabled={!isReadable(text) || blockedUntil !== null}
          data-testid="chat-send"
        />
      </form>
    </>
  );
}
