import { useSession } from "../hooks/SessionContext.js";
import { useAudioBlocked } from "../hooks/useStage.js";
import { Button } from "../ui/Button.js";

/** Browsers play no sound before the first click. */
export function AudioPrompt() {
  const { stage } = useSession();
  const isBlocked = useAudioBlocked();
  if (!isBlocked) {
    return null;
  }
  return (
    <div className="sound-prompt">
      <Button look="primary" icon="volume" onClick={() => void stage.allowAudio()}>
        Turn the sound on
      </Button>
    </div>
  );
}
