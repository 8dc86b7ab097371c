import { useId, useState } from "react";
import { useAction } from "../hooks/useAction.js";
import { ConfirmDialog } from "./ConfirmDialog.js";
import { IconButton } from "./IconButton.js";

export interface MenuItem {
  readonly label: string;
  readonly run: () => Promise<unknown>;
  readonly isDanger?: boolean;
  /** What is asked before it is done, where there is no way back. */
  readonly question?: string;
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
  const [asked, setAsked] = useState<MenuItem | null>(null);
  if (items.length === 0) {
    return null;
  }
  const choose = (item: MenuItem): void => (item.question === undefined ? run(item.run) : setAsked(item));
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
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            className={item.isDanger ? "menu-danger" : ""}
            popoverTarget={id}
            popoverTargetAction="hide"
            onClick={() => choose(item)}
          >
            {item.label}
          </button>
        ))}
      </span>
      {asked && (
        <ConfirmDialog
          title={asked.label}
          question={asked.question ?? ""}
          onClose={() => setAsked(null)}
          onYes={() => {
            setAsked(null);
            run(asked.run);
          }}
        />
      )}
    </span>
  );
}
