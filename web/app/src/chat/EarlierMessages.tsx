import { useAction } from "../hooks/useAction.js";
import { Button } from "../ui/Button.js";
import { ChatMessage } from "./ChatMessage.js";
import type { ChatMutes } from "./useChatMutes.js";
import { useEarlierMessages } from "./useEarlierMessages.js";

/** What was said before the snapshot's messages: a page at a time, when asked for. */
export function EarlierMessages({ mutes }: { mutes: ChatMutes }) {
  const { messages, hasMore, load } = useEarlierMessages();
  const { isBusy, run } = useAction();
  return (
    <>
      {hasMore && (
        <li className="messages-earlier">
          <Button className="button-small" disabled={isBusy} onClick={() => run(load)}>
            {isBusy ? "Loading…" : "Earlier messages"}
          </Button>
        </li>
      )}
      {messages.map((message) => (
        <ChatMessage key={message.id} message={message} mutes={mutes} />
      ))}
    </>
  );
}
