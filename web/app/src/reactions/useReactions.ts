import { useEffect, useState } from "react";
import { useSession } from "../hooks/SessionContext.js";

/** How long a reaction is seen. */
const SHOWN_MS = 2_600;
const MOST = 12;

/** One emoji and how many showed it within a second. */
export interface Reaction {
  readonly id: number;
  readonly emoji: string;
  readonly count: number;
}

let lastId = 0;

/** The reactions of the last seconds. */
export function useReactions(): readonly Reaction[] {
  const session = useSession();
  const [shown, setShown] = useState<readonly Reaction[]>([]);
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const off = session.on("reaction.counted", ({ counts }) => {
      const fresh = Object.entries(counts).map(([emoji, count]) => ({ id: ++lastId, emoji, count }));
      const ids = new Set(fresh.map(({ id }) => id));
      setShown((known) => [...known, ...fresh].slice(-MOST));
      const timer = setTimeout(() => {
        timers.delete(timer);
        setShown((known) => known.filter(({ id }) => !ids.has(id)));
      }, SHOWN_MS);
      timers.add(timer);
    });
    return () => {
      off();
      timers.forEach((timer) => clearTimeout(timer));
    };
  }, [session]);
  return shown;
}
