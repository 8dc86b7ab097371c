import type { LayoutName } from "@onstage/client";
import { useMemo, useState, type ReactNode } from "react";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { isOnAir } from "./isOnAir.js";
import { LayoutContext } from "./LayoutContext.js";

/** While on air the broadcast's layout is the truth; before that it is a wish for the next one. */
export function LayoutProvider({ children }: { children: ReactNode }) {
  const session = useSession();
  const { broadcast } = useSnapshot();
  const [wish, setWish] = useState<LayoutName>(broadcast?.layout.name ?? "grid");
  const { run } = useAction();
  const isActive = isOnAir(broadcast);
  const layout = (isActive ? broadcast?.layout.name : undefined) ?? wish;
  const choice = useMemo(
    () => ({
      layout,
      choose: (next: LayoutName) => {
        setWish(next);
        if (isActive) {
          run(() => session.updateBroadcast({ layout: next }));
        }
      },
    }),
    [layout, isActive, run, session],
  );
  return <LayoutContext value={choice}>{children}</LayoutContext>;
}
