import type { LayoutName } from "@onstage/client";
import { createContext, useContext } from "react";

export interface LayoutChoice {
  readonly layout: LayoutName;
  readonly choose: (layout: LayoutName) => void;
}

export const LayoutContext = createContext<LayoutChoice>({ layout: "grid", choose: () => undefined });

/** How people are arranged, in the broadcast and here. */
export function useLayout(): LayoutChoice {
  return useContext(LayoutContext);
}
