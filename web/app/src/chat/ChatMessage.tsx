import type { MessageView } from "@onstage/client";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { ActionMenu } from "../ui/ActionMenu.js";
import type { ChatMutes } from "./useChatMutes.js";
import { useMessageActions } from "./useMessageActions.js";

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export function ChatMessage({ message, mutes }: { message: MessageView; mutes: ChatMutes }) {
  const { me } = useSnapshot();
  const items = useMessageActions(message, mutes);
  const isMine = message.sender_id === me.id;
  const audience = audienceOf(message, me.id);
  return (
    <li className={isMine ? "message is-mine" : "message"} data-testid="message">
      <span className="message-head">
        <strong className="message-name" dir="auto" title={message.sender_name}>
          {message.sender_name}
        </strong>
        <time dateTime={message.sent_at}>{TIME.format(new Date(message.sent_at))}</time>
        {audience && <span className="message-tag">{audience}</span>}
        {message.pinned && <span className="message-tag">Pinned</span>}
        <ActionMenu label={`More for the message of ${message.sender_name}`} items={items} />
      </span>
      {message.deleted ? (
        <p className="quiet message-deleted">This message was deleted.</p>
      ) : (
        <p className="message-text" dir="auto">
          {message.text}
        </p>
      )}
    </li>
  );
}

/** Says so when not everybody reads it. */
function audienceOf({ to_participant: to, to_roles: roles }: MessageView, myId: string): string | null {
  if (to !== null) {
    return to === myId ? "Only to you" : "Only to one person";
  }
  return roles.length > 0 ? `To: ${roles.join(", ")}` : null;
}
