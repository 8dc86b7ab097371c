import type { DeviceChoice, OnstageError, PublishChoice } from "@onstage/client";
import { useId, useState, type SubmitEvent } from "react";
import { usePreview } from "../hooks/usePreview.js";
import type { Entry } from "../route.js";
import { storedName, storeName } from "../storedName.js";
import { Brand } from "../ui/Brand.js";
import { Button } from "../ui/Button.js";
import { DevicePicker } from "./DevicePicker.js";
import { JoinError } from "./JoinError.js";
import { LevelMeter } from "./LevelMeter.js";
import { PreviewPicture } from "./PreviewPicture.js";

interface Props {
  readonly entry: Entry;
  readonly isJoining: boolean;
  readonly error: OnstageError | null;
  readonly onJoin: (wish: { name?: string; publish: PublishChoice }) => void;
}

/** The mirror before the stage: what the others will see and hear. */
export function Prejoin({ entry, isJoining, error, onJoin }: Props) {
  const [name, setName] = useState(() => storedName(entry));
  const [camera, setCamera] = useState<DeviceChoice>(true);
  const [microphone, setMicrophone] = useState<DeviceChoice>(true);
  const cameraPreview = usePreview("videoinput", isJoining ? false : camera);
  const microphonePreview = usePreview("audioinput", isJoining ? false : microphone);
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    storeName(name);
    onJoin({
      ...(name.trim() && { name: name.trim() }),
      publish: {
        camera: cameraPreview.error ? false : camera,
        microphone: microphonePreview.error ? false : microphone,
      },
    });
  };
  return (
    <main className="center-page">
      <form className="prejoin" onSubmit={join}>
        <Brand />
        <PreviewPicture
          preview={cameraPreview}
          name={name}
          camera={camera}
          microphone={microphone}
          onCamera={setCamera}
          onMicrophone={setMicrophone}
        />
        <div className="prejoin-fields">
          <h1>Ready to go on stage?</h1>
          <NameField name={name} isGiven={"token" in entry} onChange={setName} />
          <DevicePicker
            kind="videoinput"
            label="Camera"
            choice={camera}
            preview={cameraPreview}
            onChoose={setCamera}
          />
          <DevicePicker
            kind="audioinput"
            label="Microphone"
            choice={microphone}
            preview={microphonePreview}
            onChoose={setMicrophone}
          />
          <LevelMeter stream={microphonePreview.stream} />
          {error && <JoinError error={error} />}
          <Button look="primary" type="submit" disabled={isJoining} data-testid="prejoin-join">
            {isJoining ? "Joining…" : "Join"}
          </Button>
        </div>
      </form>
    </main>
  );
}

function NameField({
  name,
  isGiven,
  onChange,
}: {
  name: string;
  isGiven: boolean;
  onChange: (name: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Your name</label>
      <input
        id={id}
        value={name}
        onChange={(event) => onChange(event.target.value)}
        maxLength={120}
        autoComplete="name"
        dir="auto"
        placeholder="What the others will see"
        disabled={isGiven}
        required={!isGiven}
        data-testid="prejoin-name"
      />
    </div>
  );
}
