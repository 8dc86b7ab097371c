import type { MediaPlaybackView } from "@onstage/client";
import { useId, useState } from "react";
import { useSession } from "../hooks/SessionContext.js";
import { useAction } from "../hooks/useAction.js";
import { Button } from "../ui/Button.js";

/** One file that plays: its volume, pause and stop. */
export function PlayingMedia({ playback }: { readonly playback: MediaPlaybackView }) {
  const { media } = useSession();
  const { run } = useAction();
  const [dragged, setDragged] = useState<number | null>(null);
  const id = useId();
  const volume = dragged ?? playback.volume_percent;
  const choose = (): void => {
    if (dragged !== null) {
      run(() => media.update(playback.id, { volumePercent: dragged }).finally(() => setDragged(null)));
    }
  };
  const name = [playback.title, playback.host].find(Boolean) ?? "Uploaded file";
  return (
    <li className="media-row" data-testid="media-row">
      <span className="media-name" dir="auto">
        {name}
      </span>
      <label className="visually-hidden" htmlFor={id}>
        Volume of {name}
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={200}
        step={5}
        value={volume}
        aria-valuetext={`${volume} percent`}
        onChange={(event) => setDragged(event.target.valueAsNumber)}
        onPointerUp={choose}
        onKeyUp={choose}
        onBlur={choose}
      />
      <Button onClick={() => run(() => media.update(playback.id, { isPaused: !playback.is_paused }))}>
        {playback.is_paused ? "Go on" : "Pause"}
      </Button>
      <Button look="danger" onClick={() => run(() => media.stop(playback.id))} data-testid="media-stop">
        Stop
      </Button>
    </li>
  );
}
