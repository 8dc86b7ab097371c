import { useEffect, useState } from "react";

export type DeviceKind = "audioinput" | "videoinput";

/** The cameras or microphones there are. Their names are known only once one of them was allowed: pass that. */
export function useDevices(kind: DeviceKind, isAllowed: boolean): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    const listening = new AbortController();
    const look = async (): Promise<void> => {
      const all = await navigator.mediaDevices.enumerateDevices();
      if (!listening.signal.aborted) {
        setDevices(all.filter((device) => device.kind === kind && device.deviceId !== ""));
      }
    };
    void look();
    navigator.mediaDevices.addEventListener("devicechange", () => void look(), { signal: listening.signal });
    return () => listening.abort();
  }, [kind, isAllowed]);
  return devices;
}
