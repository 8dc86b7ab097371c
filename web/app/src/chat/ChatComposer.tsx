import { usePermission, useSnapshot } from "../hooks/useSnapshot.js";
import { ChatForm } from "./ChatForm.js";

/** Where one writes, or why one can't. */
export function ChatComposer() {
  const { me, room } = useSnapshot();
  const maySend = usePermission("message.send");
  const isModerator = usePermission("message.delete");
  const { enabled = true, slow_mode_s: slowModeS = 0 } = room.settings.chat ?? {};
  if (!maySend) {
    return null;
  }
  if (me.chat_muted) {
    return <Closed>A moderator has muted you in the chat.</Closed>;
  }
  if (!enabled && !isModerator) {
    return <Closed>The chat is closed.</Closed>;
  }
  return <ChatForm slowModeS={isModerator ? 0 : slowModeS} />;
}

function Closed({ children }: { children: string }) {
  return (
    <p className="chat-closed quiet" role="status" data-testid="chat-closed">
      {children}
    </p>
  );
}
