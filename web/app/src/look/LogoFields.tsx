import type { BroadcastView, Corner } from "@onstage/client";
import { useId } from "react";
import { ImageField } from "./ImageField.js";
import { useLook } from "./useLook.js";

const CORNERS = {
  top_left: "Top left",
  top_right: "Top right",
  bottom_left: "Bottom left",
  bottom_right: "Bottom right",
} as const satisfies Record<Corner, string>;

/** A small picture in a corner, above everything. */
export function LogoFields({ broadcast: { look } }: { broadcast: BroadcastView }) {
  const { isBusy, changeLook, upload } = useLook();
  const id = useId();
  return (
    <fieldset>
      <legend>Logo</legend>
      <div className="look-line">
        <div className="field">
          <label htmlFor={id}>Corner</label>
          <select
            id={id}
            value={look.logo?.corner ?? "top_right"}
            onChange={(event) => changeLook({ logo: { corner: event.target.value as Corner } })}
          >
            {Object.entries(CORNERS).map(([corner, label]) => (
              <option key={corner} value={corner}>
                {label}
              </option>
            ))}
          </select>
        </div>
        <ImageField
          what="logo"
          isThere={Boolean(look.logo?.image)}
          isBusy={isBusy}
          onFile={(file) => upload(file, (image) => ({ logo: { image } }))}
          onRemove={() => changeLook({ logo: { image: null } })}
        />
      </div>
    </fieldset>
  );
}
