import type { LayoutName } from "@onstage/client";
import { useLayout } from "../room/LayoutContext.js";
import { Icon } from "../ui/Icon.js";

const LAYOUTS: readonly { name: LayoutName; label: string }[] = [
  { name: "grid", label: "Grid" },
  { name: "spotlight", label: "Spotlight" },
];

/** How the show arranges people; a change is on air at once. */
export function LayoutPicker() {
  const { layout, choose } = useLayout();
  return (
    <div className="segmented" role="group" aria-label="Layout of the show">
      {LAYOUTS.map(({ name, label }) => (
        <button
          key={name}
          type="button"
          aria-pressed={layout === name}
          onClick={() => choose(name)}
          data-testid={`layout-${name}`}
        >
          <Icon name={name} />
          <span>{label}</span>
        </button>
      ))}
    </div>
  );
}
