import { useState } from "react";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { isOnAir } from "../room/isOnAir.js";
import { Icon } from "../ui/Icon.js";
import { LookDialog } from "./LookDialog.js";

/** What lies on and around the people in the show. Only on air. */
export function LookButton() {
  const { broadcast } = useSnapshot();
  const [isOpen, setOpen] = useState(false);
  if (!broadcast || !isOnAir(broadcast)) {
    return null;
  }
  return (
    <>
      <button
        type="button"
        className="outputs-button"
        aria-label="Look of the show"
        title="Look of the show"
        onClick={() => setOpen(true)}
        data-testid="look"
      >
        <Icon name="look" />
      </button>
      {isOpen && <LookDialog broadcast={broadcast} onClose={() => setOpen(false)} />}
    </>
  );
}
