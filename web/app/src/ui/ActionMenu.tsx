import { useId } from "react";
import { useAction } from "../hooks/useAction.js";
import { IconButton } from "./IconButton.js";

export interface MenuItem {
  readonly label: string;
  readonly run: () => Promise<unknown>;
  readonly isDanger?: boolean;
}

interface Props {
  /** What the button that opens it is for. */
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly testId?: string;
}

/** The rarer things one can do to something. The browser's popover closes on Escape and on a click beside it. */
export function ActionMenu({ label, items, testId }: Props) {
  const id = useId();
  const { isBusy, run } = useAction();
  if (items.length === 0) {
    return null;
  }
  return (
    <span className="menu" style={{ "--anchor": `--${id.replaceAll(/[^\w-]/gu, "")}` }}>
      <IconButton
        icon="more"
        label={label}
        popoverTarget={id}
        disabled={isBusy}
        {...(testId !== undefined && { "data-testid": testId })}
      />
      <span className="menu-list" id={id} popover="auto">
        {items.map(({ label: item, run: action, isDanger }) => (
          <button
            key={item}
            type="button"
            className={isDanger ? "menu-danger" : ""}
            popoverTarget={id}
            popoverTargetAction="hide"
            onClick={() => run(action)}
          >
            {item}
          </button>
        ))}
      </span>
    </span>
  );
}
