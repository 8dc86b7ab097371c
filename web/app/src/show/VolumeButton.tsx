import type { PlayerView } from "@onstage/client";
import { useSession } from "../hooks/SessionContext.js";
import { Button } from "../ui/Button.js";
import { IconButton } from "../ui/IconButton.js";

/** Sound on and off; large and in words while it is the browser that keeps it off. */
export function VolumeButton({ view: { isMuted, isMutedByBrowser } }: { view: PlayerView }) {
  const { player } = useSession();
  if (isMutedByBrowser) {
    return (
      <Button look="primary" icon="volumeOff" onClick={() => player.setMuted(false)} data-testid="unmute">
        Turn the sound on
      </Button>
    );
  }
  return (
    <IconButton
      icon={isMuted ? "volumeOff" : "volume"}
      label={isMuted ? "Turn the sound on" : "Turn the sound off"}
      onClick={() => player.setMuted(!isMuted)}
    />
  );
}
