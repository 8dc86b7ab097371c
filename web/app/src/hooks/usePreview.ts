import { OnstageError, type DeviceChoice } from "@onstage/client";
import { useEffect, useState } from "react";
import type { DeviceKind } from "./useDevices.js";

export interface Preview {
  readonly stream: MediaStream | null;
  readonly error: OnstageError | null;
}

const NOTHING: Preview = { stream: null, error: null };

/** One device's live stream for as long as it is chosen. */
export function usePreview(kind: DeviceKind, choice: DeviceChoice): Preview {
  const [preview, setPreview] = useState(NOTHING);
  useEffect(() => {
    if (choice === false) {
      return undefined;
    }
    let stream: MediaStream | null = null;
    let isOver = false;
    open(kind, choice)
      .then((opened) => {
        stream = opened;
        if (isOver) {
          stop(opened);
        } else {
          setPreview({ stream: opened, error: null });
        }
      })
      .catch((error: unknown) => {
        if (!isOver) {
          setPreview({ stream: null, error: OnstageError.device(error) });
        }
      });
    return () => {
      isOver = true;
      stop(stream);
      setPreview(NOTHING);
    };
  }, [kind, choice]);
  return preview;
}

async function open(kind: DeviceKind, choice: DeviceChoice): Promise<MediaStream> {
  const device = typeof choice === "string" ? { deviceId: { exact: choice } } : {};
  return navigator.mediaDevices.getUserMedia(
    kind === "videoinput"
      ? { video: { ...device, width: { ideal: 1280 }, height: { ideal: 720 } } }
      : { audio: device },
  );
}

function stop(stream: MediaStream | null): void {
  stream?.getTracks().forEach((track) => track.stop());
}
