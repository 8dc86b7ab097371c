import { Player } from "@onstage/client";
import { useEffect, useRef, useState } from "react";
import { Button } from "../ui/Button.js";

/** What was recorded, from its beginning, with the browser's own controls. */
export function RecordingPlayer({ url, onClose }: { url: string; onClose: () => void }) {
  const element = useRef<HTMLVideoElement>(null);
  // At its end there is nothing more to ask for.
  const [player] = useState(() => {
    const made: Player = new Player(url, { isExpected: () => made.state !== "ended" });
    return made;
  });
  useEffect(() => {
    if (element.current) {
      player.attach(element.current);
    }
    return () => player.detach();
  }, [player]);
  return (
    <div className="show">
      <video ref={element} controls playsInline data-testid="recording" aria-label="The recording" />
      <div className="show-top">
        <Button className="button-small" onClick={onClose}>
          Close the recording
        </Button>
      </div>
    </div>
  );
}
