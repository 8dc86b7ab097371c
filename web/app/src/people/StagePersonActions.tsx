import type { ParticipantView } from "@onstage/client";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { usePermission, useSnapshot } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";
import { IconButton } from "../ui/IconButton.js";
import { PersonMenu } from "./PersonMenu.js";

/** For somebody on stage: mute, send back, remove. */
export function StagePersonActions({ participant }: { participant: ParticipantView }) {
  const session = useSession();
  const { me } = useSnapshot();
  const { isBusy, run } = useAction();
  const mayMute = usePermission("participant.mute");
  const mayDemote = usePermission("participant.demote");
  const mayRemove = usePermission("participant.remove");
  const { id, name, identity } = participant;
  if (id === me.id) {
    return null;
  }
  const isHeard = participant.tracks.some((track) => track.source === "microphone" && !track.muted);
  return (
    <>
      {mayMute && (
        <IconButton
          icon={isHeard ? "microphone" : "microphoneOff"}
          label={isHeard ? `Mute ${name}` : `${name} is muted`}
          disabled={isBusy || !isHeard}
          onClick={() => run(() => session.mute(id))}
          data-testid={`mute-${identity}`}
        />
      )}
      {mayDemote && (
        <Button
          className="button-small"
          disabled={isBusy}
          onClick={() => run(() => session.demote(id))}
          aria-label={`Send ${name} back to the seats`}
          data-testid={`demote-${identity}`}
        >
          Send back
        </Button>
      )}
      {mayRemove && (
        <PersonMenu
          name={name}
          items={[{ label: "Remove from the room", run: () => session.remove(id), isDanger: true }]}
        />
      )}
    </>
  );
}
