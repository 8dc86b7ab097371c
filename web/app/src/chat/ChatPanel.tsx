import { useSnapshot } from "../hooks/useSnapshot.js";
import { PollArea } from "../polls/PollArea.js";
import { ReactionBar } from "../reactions/ReactionBar.js";
import { ChatComposer } from "./ChatComposer.js";
import { ChatMessage } from "./ChatMessage.js";
import { EarlierMessages } from "./EarlierMessages.js";
import { isShownInChat } from "./isShownInChat.js";
import { NameLine } from "./NameLine.js";
import { PinnedMessages } from "./PinnedMessages.js";
import { useChatMutes } from "./useChatMutes.js";
import { useReadingAlong } from "./useReadingAlong.js";

export function ChatPanel() {
  const messages = useSnapshot().messages.filter(isShownInChat);
  const mutes = useChatMutes();
  const { list, onScroll } = useReadingAlong(messages.at(-1)?.id);
  return (
    <section className="panel panel-chat" aria-label="Chat">
      <PollArea />
      <PinnedMessages />
      <ol
        ref={list}
        className="messages"
        onScroll={onScroll}
        aria-live="polite"
        tabIndex={0}
        aria-label="Messages"
      >
        <EarlierMessages mutes={mutes} />
        {messages.length === 0 && <li className="quiet messages-empty">Say hello.</li>}
        {messages.map((message) => (
          <ChatMessage key={message.id} message={message} mutes={mutes} />
        ))}
      </ol>
      <ReactionBar />
      <NameLine />
      <ChatComposer />
    </section>
  );
}
