import type { InviteView, MediaAllowed } from "@onstage/client";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";
import { BoldName } from "../ui/BoldName.js";
import { Dialog } from "../ui/Dialog.js";
import { Countdown } from "./Countdown.js";

const DEVICES: Record<MediaAllowed, string> = {
  all: "your camera and microphone",
  "audio-only": "your microphone",
  "video-only": "your camera",
};

/** Asks whether I come on stage, for as long as the invite stands. */
export function InviteDialog() {
  const { invites, me } = useSnapshot();
  const invite = invites.find((one) => one.participant_id === me.id);
  return invite ? <InviteQuestion key={invite.id} invite={invite} /> : null;
}

function InviteQuestion({ invite }: { invite: InviteView }) {
  const session = useSession();
  const { participants } = useSnapshot();
  const { isBusy, run } = useAction();
  const host = participants.find((one) => one.id === invite.invited_by);
  const decline = (): void => run(() => session.declineInvite(invite.id));
  return (
    <Dialog
      title="Come on stage?"
      onClose={decline}
      actions={
        <>
          <Button onClick={decline} disabled={isBusy} data-testid="invite-decline">
            Not now
          </Button>
          <Button
            look="primary"
            onClick={() => run(() => session.acceptInvite(invite.id))}
            disabled={isBusy}
            data-testid="invite-accept"
          >
            Come on stage
          </Button>
        </>
      }
    >
      <p>
        {host ? <BoldName name={host.name} /> : "The host"} asks you to join the live show with{" "}
        {DEVICES[invite.media_allowed]}. Everybody watching will see and hear you.
      </p>
      <Countdown until={invite.expires_at} from={invite.created_at} />
    </Dialog>
  );
}
