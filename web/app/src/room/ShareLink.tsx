import { OnstageError, type RoomSession } from "@onstage/client";
import { useState } from "react";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { Button } from "../ui/Button.js";
import { useNotify } from "../ui/NoticesContext.js";
import { LinkDialog } from "./LinkDialog.js";

/** Copies the link with which anybody watches. */
export function ShareLink() {
  const session = useSession();
  const notify = useNotify();
  const { isBusy, run } = useAction();
  const [byHand, setByHand] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    const link = await watchLink(session);
    if (await isCopied(link.url)) {
      notify(link.notice);
    } else {
      setByHand(link.url);
    }
  };
  return (
    <>
      <Button
        icon="copy"
        className="share-link"
        disabled={isBusy}
        onClick={() => run(copy)}
        data-testid="copy-link"
      >
        Copy watch link
      </Button>
      {byHand !== null && <LinkDialog url={byHand} onClose={() => setByHand(null)} />}
    </>
  );
}

/** Browsers copy on secure pages only, and only for as long as they take it for the click's doing. */
async function isCopied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Where only the app's own server makes links, the show's playlist is what can be shared. */
async function watchLink(session: RoomSession): Promise<{ url: string; notice: string }> {
  try {
    return { url: await session.link("viewer"), notice: "The link to watch is copied." };
  } catch (error) {
    if (error instanceof OnstageError && error.code === "permission_denied") {
      return { url: session.player.url, notice: "The address of the show's playlist is copied." };
    }
    throw error;
  }
}
