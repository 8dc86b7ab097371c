import { useState } from "react";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { isOnAir } from "../room/isOnAir.js";
import { Button } from "../ui/Button.js";
import { MediaDialog } from "./MediaDialog.js";

/** Opens what plays media into the show; while there is a show. */
export function MediaButton() {
  const { broadcast, media } = useSnapshot();
  const [isOpen, setOpen] = useState(false);
  if (!isOnAir(broadcast)) {
    return null;
  }
  return (
    <>
      <Button icon="play" onClick={() => setOpen(true)} data-testid="media">
        {media.length > 0 ? `Media (${media.length})` : "Media"}
      </Button>
      {isOpen && <MediaDialog onClose={() => setOpen(false)} />}
    </>
  );
}
