import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./Icon.js";

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "aria-label" | "title"> {
  readonly icon: IconName;
  readonly label: string;
  readonly "data-testid"?: string;
}

/** A button with a picture; the label is its tooltip and what a screen reader says. */
export function IconButton({ icon, label, className = "", ...rest }: Props) {
  return (
    <button type="button" className={`icon-button ${className}`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}
