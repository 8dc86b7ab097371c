import type { MessageView } from "@onstage/client";

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export function ChatMessage({ message, isMine }: { message: MessageView; isMine: boolean }) {
  return (
    <li className={isMine ? "message is-mine" : "message"}>
      <span className="message-head">
        <strong>{message.sender_name}</strong>
        <time dateTime={message.sent_at}>{TIME.format(new Date(message.sent_at))}</time>
      </span>
      <p>{message.text}</p>
    </li>
  );
}
