import type { DeviceChoice } from "@onstage/client";
import { useEffect, useRef } from "react";
import type { Preview } from "../hooks/usePreview.js";
import { Avatar } from "../ui/Avatar.js";
import { IconButton } from "../ui/IconButton.js";

interface Props {
  readonly preview: Preview;
  readonly name: string;
  readonly camera: DeviceChoice;
  readonly microphone: DeviceChoice;
  readonly onCamera: (choice: DeviceChoice) => void;
  readonly onMicrophone: (choice: DeviceChoice) => void;
}

/** The mirror, with the two switches in it. */
export function PreviewPicture({ preview, name, camera, microphone, onCamera, onMicrophone }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) {
      video.current.srcObject = preview.stream;
    }
  }, [preview.stream]);
  const isCameraOn = camera !== false;
  const isMicrophoneOn = microphone !== false;
  return (
    <div className="preview">
      <video ref={video} className="mirrored" autoPlay muted playsInline hidden={!preview.stream} />
      {!preview.stream && (
        <div className="preview-empty">
          <Avatar name={name} identity={name} />
          <p>
            {preview.error
              ? preview.error.title
              : isCameraOn
                ? "Starting your camera…"
                : "Your camera is off"}
          </p>
        </div>
      )}
      <div className="preview-switches">
        <IconButton
          icon={isMicrophoneOn ? "microphone" : "microphoneOff"}
          label={isMicrophoneOn ? "Mute the microphone" : "Unmute the microphone"}
          className={isMicrophoneOn ? "" : "is-off"}
          onClick={() => onMicrophone(!isMicrophoneOn)}
        />
        <IconButton
          icon={isCameraOn ? "camera" : "cameraOff"}
          label={isCameraOn ? "Turn the camera off" : "Turn the camera on"}
          className={isCameraOn ? "" : "is-off"}
          onClick={() => onCamera(!isCameraOn)}
        />
      </div>
    </div>
  );
}
