import type { Room } from "livekit-client";
import { systemClock } from "./clock.js";
import { PERMISSION_TIMEOUT_MS } from "./defaults.js";

/** Whether the engine lets this client publish, waiting for its word for a while. */
export function mayPublish(room: Room): Promise<boolean> {
  if (room.localParticipant.permissions?.canPublish) {
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    const finish = (isAllowed: boolean): void => {
      cancel();
      room.off("participantPermissionsChanged", look);
      resolve(isAllowed);
    };
    const look = (): void => {
      if (room.localParticipant.permissions?.canPublish) {
        finish(true);
      }
    };
    const cancel = systemClock.after(PERMISSION_TIMEOUT_MS, () => finish(false));
    room.on("participantPermissionsChanged", look);
  });
}
