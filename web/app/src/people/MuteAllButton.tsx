import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { usePermission, useSnapshot } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";

/** Silences everybody else on stage; it is there when there is somebody. */
export function MuteAllButton() {
  const { people } = useSession();
  const { me, participants } = useSnapshot();
  const mayMute = usePermission("participant.mute");
  const { isBusy, run } = useAction();
  const others = participants.filter((one) => one.level === "stage" && one.id !== me.id);
  if (!mayMute || others.length < 2) {
    return null;
  }
  return (
    <Button
      className="button-small"
      disabled={isBusy}
      onClick={() => run(() => people.muteAll({ source: "microphone", except: [me.id] }))}
    >
      Mute all
    </Button>
  );
}
