import { useEffect, useRef } from "react";
import { usePermission, useSnapshot } from "../hooks/useSnapshot.js";
import { ChatForm } from "./ChatForm.js";
import { ChatMessage } from "./ChatMessage.js";
import { NameLine } from "./NameLine.js";

/** Nearer to the end than this counts as reading along: new messages then scroll into view. */
const NEAR_PX = 80;

export function ChatPanel() {
  const { messages, me } = useSnapshot();
  const maySend = usePermission("message.send");
  const list = useRef<HTMLOListElement>(null);
  const isFollowing = useRef(true);
  useEffect(() => {
    if (isFollowing.current) {
      list.current?.scrollTo({ top: list.current.scrollHeight });
    }
  }, [messages]);
  const onScroll = (): void => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    isFollowing.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  };
  return (
    <section className="panel panel-chat" aria-label="Chat">
      <h2>Chat</h2>
      <ol
        ref={list}
        className="messages"
        onScroll={onScroll}
        aria-live="polite"
        tabIndex={0}
        aria-label="Messages"
      >
        {messages.length === 0 && <li className="quiet messages-empty">Say hello.</li>}
        {messages.map((message) => (
          <ChatMessage key={message.id} message={message} isMine={message.sender_id === me.id} />
        ))}
      </ol>
      <NameLine />
      {maySend && <ChatForm />}
    </section>
  );
}
