import { useId } from "react";
import { useAction } from "../hooks/useAction.js";
import { IconButton } from "../ui/IconButton.js";

interface Item {
  readonly label: string;
  readonly run: () => Promise<unknown>;
  readonly isDanger?: boolean;
}

/** The rarer things one can do to somebody. The browser's popover closes on Escape and on a click beside it. */
export function PersonMenu({ name, items }: { name: string; items: readonly Item[] }) {
  const id = useId();
  const { isBusy, run } = useAction();
  if (items.length === 0) {
    return null;
  }
  return (
    <span className="menu" style={{ "--anchor": `--${id.replaceAll(/[^\w-]/gu, "")}` }}>
      <IconButton icon="more" label={`More for ${name}`} popoverTarget={id} disabled={isBusy} />
      <span className="menu-list" id={id} popover="auto">
        {items.map(({ label, run: action, isDanger }) => (
          <button
            key={label}
            type="button"
            className={isDanger ? "menu-danger" : ""}
            popoverTarget={id}
            popoverTargetAction="hide"
            onClick={() => run(action)}
          >
            {label}
          </button>
        ))}
      </span>
    </span>
  );
}
