import { useState } from "react";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { usePermission, useSnapshot } from "../hooks/useSnapshot.js";
import { BoldName } from "../ui/BoldName.js";
import { Icon } from "../ui/Icon.js";
import { IconButton } from "../ui/IconButton.js";
import { isShownInChat } from "./isShownInChat.js";

/** What is kept in sight: the newest, and the others on demand. */
export function PinnedMessages() {
  const session = useSession();
  const pinned = useSnapshot().pinned.filter(isShownInChat).reverse();
  const mayPin = usePermission("message.pin");
  const [isOpen, setOpen] = useState(false);
  const { isBusy, run } = useAction();
  if (pinned.length === 0) {
    return null;
  }
  return (
    <section className="pinned" aria-label="Pinned messages" data-testid="pinned">
      <ul>
        {pinned.slice(0, isOpen ? pinned.length : 1).map((message) => (
          <li key={message.id}>
            <Icon name="pin" />
            <p className="clamped" title={message.text}>
              <BoldName name={message.sender_name} /> <bdi>{message.text}</bdi>
            </p>
            {mayPin && (
              <IconButton
                icon="close"
                label="Unpin"
                disabled={isBusy}
                onClick={() => run(() => session.chat.unpin(message.id))}
              />
            )}
          </li>
        ))}
      </ul>
      {pinned.length > 1 && (
        <button
          type="button"
          className="link-button"
          aria-expanded={isOpen}
          onClick={() => setOpen((was) => !was)}
        >
          {isOpen ? "Show the newest only" : `Show all ${pinned.length}`}
        </button>
      )}
    </section>
  );
}
