import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "../ui/Icon.js";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: IconName;
  /** Says what a click does. */
  readonly label: string;
  readonly isOff?: boolean;
  readonly isOn?: boolean;
  readonly "data-testid"?: string;
}

/** A switch of the control bar: picture above word. */
export function ToggleButton({ icon, label, isOff = false, isOn = false, className = "", ...rest }: Props) {
  const state = isOff ? "is-off" : isOn ? "is-on" : "";
  return (
    <button type="button" className={`toggle ${state} ${className}`} {...rest}>
      <Icon name={icon} />
      <span>{label}</span>
    </button>
  );
}
