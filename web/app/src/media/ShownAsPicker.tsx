import type { ShownAs } from "@onstage/client";

const PLACES = [
  { value: "full", label: "Whole picture" },
  { value: "tile", label: "Beside people" },
  { value: "sound", label: "Sound only" },
] as const satisfies readonly { value: ShownAs; label: string }[];

interface Props {
  readonly value: ShownAs;
  readonly onChange: (value: ShownAs) => void;
}

/** Where a file is seen. */
export function ShownAsPicker({ value, onChange }: Props) {
  return (
    <div className="segmented media-places" role="group" aria-label="Where it is seen">
      {PLACES.map((place) => (
        <button
          key={place.value}
          type="button"
          aria-pressed={value === place.value}
          onClick={() => onChange(place.value)}
          data-testid={`media-as-${place.value}`}
        >
          <span>{place.label}</span>
        </button>
      ))}
    </div>
  );
}
