import type { InviteView } from "@onstage/client";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { useNow } from "../hooks/useNow.js";
import { IconButton } from "../ui/IconButton.js";

/** They were asked and have not answered yet. */
export function OpenInvite({ invite, name }: { invite: InviteView; name: string }) {
  const session = useSession();
  const { isBusy, run } = useAction();
  const now = useNow(1_000);
  const secondsLeft = Math.max(0, Math.ceil((Date.parse(invite.expires_at) - now) / 1000));
  return (
    <>
      <span className="asked">Asked · {secondsLeft} s</span>
      <IconButton
        icon="close"
        label={`Take the invite to ${name} back`}
        disabled={isBusy}
        onClick={() => run(() => session.cancelInvite(invite.id))}
      />
    </>
  );
}
