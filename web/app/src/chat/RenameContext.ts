import { createContext, useContext } from "react";

/** Takes another name; null where the name came with the link. */
export type Rename = ((name: string) => void) | null;

export const RenameContext = createContext<Rename>(null);

export function useRename(): Rename {
  return useContext(RenameContext);
}
