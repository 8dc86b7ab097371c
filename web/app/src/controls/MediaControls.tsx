import type { Source } from "@onstage/client";
import { useAction } from "../hooks/useAction.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { useStage } from "../hooks/useStage.js";
import { ToggleButton } from "./ToggleButton.js";

/** What I send: each switch is there if I may send that. */
export function MediaControls() {
  const { me } = useSnapshot();
  const stage = useStage();
  const { isBusy, run } = useAction();
  const { camera, microphone, screen } = stage.local;
  const isDisabled = isBusy || stage.status !== "connected";
  const may = (source: Source): boolean => me.sources.includes(source);
  const canShare = may("screen_share") && "getDisplayMedia" in navigator.mediaDevices;
  return (
    <>
      {may("microphone") && (
        <ToggleButton
          icon={microphone ? "microphone" : "microphoneOff"}
          label={microphone ? "Mute" : "Unmute"}
          isOff={!microphone}
          disabled={isDisabled}
          onClick={() => run(() => stage.setMicrophone(!microphone))}
          data-testid="toggle-microphone"
        />
      )}
      {may("camera") && (
        <ToggleButton
          icon={camera ? "camera" : "cameraOff"}
          label={camera ? "Stop video" : "Start video"}
          isOff={!camera}
          disabled={isDisabled}
          onClick={() => run(() => stage.setCamera(!camera))}
          data-testid="toggle-camera"
        />
      )}
      {canShare && (
        <ToggleButton
          icon="screen"
          label={screen ? "Stop sharing" : "Share screen"}
          isOn={screen}
          disabled={isDisabled}
          onClick={() => run(() => stage.setScreenShare(!screen))}
          data-testid="toggle-screen"
        />
      )}
    </>
  );
}
