import { useState } from "react";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { isOnAir } from "../room/isOnAir.js";
import { Icon } from "../ui/Icon.js";
import { OutputsDialog } from "./OutputsDialog.js";

/** Where the show goes besides our own viewers: how many take it, and the way to change it. Only on air. */
export function OutputsButton() {
  const { broadcast } = useSnapshot();
  const [isOpen, setOpen] = useState(false);
  if (!broadcast || !isOnAir(broadcast)) {
    return null;
  }
  const targets = broadcast.outputs.filter(({ type, status }) => type === "rtmp" && status !== "ended");
  const live = targets.filter(({ status }) => status === "live").length;
  const state = targets.length === 0 ? "" : `, ${live} of ${targets.length} live`;
  return (
    <>
      <button
        type="button"
        className={`outputs-button ${live < targets.length ? "outputs-button-troubled" : ""}`}
        aria-label={`Live targets${state}`}
        title="Live targets"
        onClick={() => setOpen(true)}
        data-testid="outputs"
      >
        <Icon name="broadcast" />
        {targets.length > 0 && (
          <span>
            {live}/{targets.length}
          </span>
        )}
      </button>
      {isOpen && <OutputsDialog targets={targets} onClose={() => setOpen(false)} />}
    </>
  );
}
