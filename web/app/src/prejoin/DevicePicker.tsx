import type { DeviceChoice } from "@onstage/client";
import { useId } from "react";
import { useDevices, type DeviceKind } from "../hooks/useDevices.js";
import type { Preview } from "../hooks/usePreview.js";

interface Props {
  readonly kind: DeviceKind;
  readonly label: string;
  readonly choice: DeviceChoice;
  readonly preview: Preview;
  readonly onChoose: (choice: DeviceChoice) => void;
}

/** Which camera or microphone, or none. */
export function DevicePicker({ kind, label, choice, preview, onChoose }: Props) {
  const devices = useDevices(kind, preview.stream !== null);
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={asValue(choice)} onChange={(event) => onChoose(asChoice(event.target.value))}>
        <option value="default">Default</option>
        {devices.map((device) => (
          <option key={device.deviceId} value={`id:${device.deviceId}`}>
            {device.label || label}
          </option>
        ))}
        <option value="none">Off</option>
      </select>
      {preview.error && (
        <p className="field-error">
          {preview.error.title} {preview.error.fix}
        </p>
      )}
    </div>
  );
}

function asValue(choice: DeviceChoice): string {
  return typeof choice === "string" ? `id:${choice}` : choice ? "default" : "none";
}

function asChoice(value: string): DeviceChoice {
  return value.startsWith("id:") ? value.slice(3) : value === "default";
}
