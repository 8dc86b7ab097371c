import type { MessageView } from "@onstage/client";
import { useSession } from "../hooks/SessionContext.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import type { MenuItem } from "../ui/ActionMenu.js";
import { isolated } from "../ui/isolated.js";
import type { ChatMutes } from "./useChatMutes.js";

/** What I can do about a message: one's own can always be taken back. */
export function useMessageActions(message: MessageView, { isMuted, mute }: ChatMutes): MenuItem[] {
  const { chat } = useSession();
  const { me } = useSnapshot();
  const { id, sender_id: sender, pinned } = message;
  const isMine = sender === me.id;
  const may = (permission: (typeof me.permissions)[number]): boolean => me.permissions.includes(permission);
  const isToAll = message.to_roles.length === 0 && message.to_participant === null;
  const items: (MenuItem | false)[] = [
    may("message.pin") &&
      isToAll &&
      !message.deleted && {
        label: pinned ? "Unpin" : "Pin",
        run: () => (pinned ? chat.unpin(id) : chat.pin(id)),
      },
    may("participant.mute_chat") &&
      sender !== null &&
      !isMine &&
      (isMuted(sender)
        ? { label: `Let ${isolated(message.sender_name)} chat again`, run: () => mute(sender, false) }
        : {
            label: `Mute ${isolated(message.sender_name)} in the chat`,
            run: () => mute(sender, true),
            isDanger: true,
          }),
    (isMine || may("message.delete")) &&
      !message.deleted && { label: "Delete", run: () => chat.delete(id), isDanger: true },
  ];
  return items.filter((one) => one !== false);
}
