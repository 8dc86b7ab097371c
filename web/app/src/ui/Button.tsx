import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./Icon.js";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: "primary" | "quiet" | "danger" | "live";
  readonly icon?: IconName;
  readonly "data-testid"?: string;
}

export function Button({ look = "quiet", icon, className = "", children, ...rest }: Props) {
  return (
    <button type="button" className={`button button-${look} ${className}`} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
