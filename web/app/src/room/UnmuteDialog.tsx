import type { Source } from "@onstage/client";
import { useEffect, useState } from "react";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { BoldName } from "../ui/BoldName.js";
import { Button } from "../ui/Button.js";
import { Dialog } from "../ui/Dialog.js";
import { followAsks, type Ask } from "./followAsks.js";

const DEVICES: Readonly<Partial<Record<Source, string>>> = { microphone: "microphone", camera: "camera" };

/** Somebody asks me to be heard or seen again; nobody but me can turn it on. */
export function UnmuteDialog() {
  const session = useSession();
  const { participants } = useSnapshot();
  const [asked, setAsked] = useState<Ask | null>(null);
  const { isBusy, run } = useAction();
  useEffect(() => followAsks(session, setAsked), [session]);
  const device = asked ? DEVICES[asked.source] : undefined;
  if (!asked || device === undefined) {
    return null;
  }
  const host = participants.find((one) => one.id === asked.by);
  const close = (): void => setAsked(null);
  const turnOn = async (): Promise<void> => {
    await (asked.source === "camera" ? session.stage.setCamera(true) : session.stage.setMicrophone(true));
    close();
  };
  return (
    <Dialog
      title={`Turn your ${device} on?`}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>Not now</Button>
          <Button look="primary" disabled={isBusy} onClick={() => run(turnOn)} data-testid="unmute-accept">
            Turn it on
          </Button>
        </>
      }
    >
      <p>
        {host ? <BoldName name={host.name} /> : "The host"} asks you to turn your {device} on.
      </p>
    </Dialog>
  );
}
