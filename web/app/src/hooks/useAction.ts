import { OnstageError } from "@onstage/client";
import { useCallback, useState } from "react";
import { useNotify } from "../ui/NoticesContext.js";

/** Runs what a click asks for: busy meanwhile, and a notice if it fails. */
export function useAction(): { isBusy: boolean; run: (action: () => Promise<unknown>) => void } {
  const [isBusy, setBusy] = useState(false);
  const notify = useNotify();
  const run = useCallback(
    (action: () => Promise<unknown>) => {
      setBusy(true);
      action()
        .catch((error: unknown) => notify(OnstageError.from(error, "connection_lost")))
        .finally(() => setBusy(false));
    },
    [notify],
  );
  return { isBusy, run };
}
