import { useEffect, useRef } from "react";
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

/** Nearer to the end than this counts as reading along: new messages then scroll into view. */
const NEAR_PX = 80;

export function ChatPanel() {
  const messages = useSnapshot().messages.filter(isShownInChat);
  const mutes = useChatMutes();
  const list = useRef<HTMLOListElement>(null);
  const isFollowing = useRef(true);
  const newest = messages.at(-1)?.id;
  useEffect(() => {
    if (isFollowing.current) {
      list.current?.scrollTo({ top: list.current.scrollHeight });
    }
  }, [newest]);
  const onScroll = (): void => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    isFollowing.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  };
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
