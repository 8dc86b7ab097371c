import type { ParticipantView } from "@onstage/client";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { usePermission, useSnapshot } from "../hooks/useSnapshot.js";
import { ActionMenu, type MenuItem } from "../ui/ActionMenu.js";
import { Button } from "../ui/Button.js";
import { IconButton } from "../ui/IconButton.js";
import { outItems } from "./outItems.js";
import { useStageRoles } from "./useStageRoles.js";

/** For somebody on stage: call into the show, mute, send back; the menu has the rest. */
export function StagePersonActions({ participant }: { participant: ParticipantView }) {
  const session = useSession();
  const { me } = useSnapshot();
  const { isBusy, run } = useAction();
  const mayMute = usePermission("participant.mute");
  const mayDemote = usePermission("participant.demote");
  const mayCall = usePermission("participant.set_backstage");
  const items = useStageItems(participant);
  const { id, name, identity } = participant;
  if (id === me.id) {
    return null;
  }
  const isHeard = isSending(participant);
  return (
    <>
      {mayCall && participant.backstage && (
        <Button
          className="button-small button-primary"
          disabled={isBusy}
          onClick={() => run(() => session.people.setBackstage(id, false))}
          aria-label={`Call ${name} into the show`}
          data-testid={`call-${identity}`}
        >
          Call
        </Button>
      )}
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
      <ActionMenu label={`More for ${name}`} testId={`more-${identity}`} items={items} />
    </>
  );
}

function useStageItems(participant: ParticipantView): readonly MenuItem[] {
  const session = useSession();
  const mayAsk = usePermission("participant.request_unmute");
  const maySetRole = usePermission("participant.set_role");
  const maySend = usePermission("participant.set_backstage");
  const roles = useStageRoles().filter((role) => role !== participant.role);
  const { id } = participant;
  const maySpeak = participant.sources.includes("microphone");
  return [
    ...(mayAsk && maySpeak && !isSending(participant)
      ? [{ label: "Ask to unmute", run: () => session.people.requestUnmute(id) }]
      : []),
    ...(maySend && !participant.backstage
      ? [{ label: "Send backstage", run: () => session.people.setBackstage(id, true) }]
      : []),
    ...(maySetRole
      ? roles.map((role) => ({
          label: `Change the role to ${role}`,
          run: () => session.people.setRole(id, role, { force: true }),
        }))
      : []),
    ...outItems(session, participant),
  ];
}

function isSending({ tracks }: ParticipantView): boolean {
  return tracks.some((track) => track.source === "microphone" && !track.muted);
}
