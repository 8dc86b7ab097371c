import { createContext, useContext } from "react";

export type Page = "studio" | "watch";

export const PageContext = createContext<Page>("watch");

/** Which page led into the room. */
export function usePage(): Page {
  return useContext(PageContext);
}
