import type { LayoutName } from "@onstage/client";
import { useLayout } from "../room/LayoutContext.js";
import { Icon } from "../ui/Icon.js";

const LAYOUTS = [
  { name: "grid", label: "Grid" },
  { name: "sidebar", label: "Sidebar" },
  { name: "spotlight", label: "Spotlight" },
  { name: "picture_in_picture", label: "Inset" },
] as const satisfies readonly { name: LayoutName; label: string }[];

/** How the show arranges people; a change is on air at once. */
export function LayoutPicker() {
  const { layout, choose } = useLayout();
  return (
    <div className="segmented" role="group" aria-label="Layout of the show">
      {LAYOUTS.map(({ name, label }) => (
        <button
          key={name}
          type="button"
          title={label}
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
