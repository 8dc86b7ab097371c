import type { BroadcastView } from "@onstage/client";
import { ColourField } from "./ColourField.js";
import { ImageField } from "./ImageField.js";
import { useLook } from "./useLook.js";

/** What lies behind the tiles: a colour, and a picture over it. */
export function BackgroundFields({ broadcast: { layout, look } }: { broadcast: BroadcastView }) {
  const { isBusy, change, changeLook, upload } = useLook();
  return (
    <fieldset>
      <legend>Background</legend>
      <div className="look-line">
        <ColourField
          label="Colour"
          value={layout.background_color ?? "#000000"}
          onChange={(colour) => change({ layout: { background_color: colour } })}
        />
        <ImageField
          what="picture"
          isThere={Boolean(look.background_image)}
          isBusy={isBusy}
          onFile={(file) => upload(file, (id) => ({ background_image: id }))}
          onRemove={() => changeLook({ background_image: null })}
        />
      </div>
    </fieldset>
  );
}
