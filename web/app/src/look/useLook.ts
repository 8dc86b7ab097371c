import type { BroadcastChange, LookPatch } from "@onstage/client";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";

interface LookActions {
  readonly isBusy: boolean;
  /** Changes what is on air, from the next picture on. */
  readonly change: (change: BroadcastChange) => void;
  readonly changeLook: (look: LookPatch) => void;
  /** Keeps a picture, and shows it as `lookOf` its id says. */
  readonly upload: (file: File, lookOf: (id: string) => LookPatch) => void;
}

/** What the panel's fields do. */
export function useLook(): LookActions {
  const { broadcasts } = useSession();
  const { isBusy, run } = useAction();
  return {
    isBusy,
    change: (change) => run(() => broadcasts.update(change)),
    changeLook: (look) => run(() => broadcasts.update({ look })),
    upload: (file, lookOf) =>
      run(async () => {
        const { id } = await broadcasts.uploadImage(file);
        await broadcasts.update({ look: lookOf(id) });
      }),
  };
}
