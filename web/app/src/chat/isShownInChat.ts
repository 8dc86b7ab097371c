import type { MessageView } from "@onstage/client";

/** Messages of other types are the app's own. */
export function isShownInChat(message: MessageView): boolean {
  return message.type === "chat";
}
