import type { OnstageError } from "@onstage/client";
import { createContext, useContext } from "react";

/** What is shown for a while: a failure with what can be done, or a short word. */
export type Notice = OnstageError | string;

export const NoticesContext = createContext<(notice: Notice) => void>(() => undefined);

/**
 * Where notices stand while a modal dialog is open: everything outside of it can be neither reached nor heard. The
 * answer takes the place away again.
 */
export const NoticePlaceContext = createContext<(place: HTMLElement) => () => void>(() => () => undefined);

/** Shows a notice. */
export function useNotify(): (notice: Notice) => void {
  return useContext(NoticesContext);
}
