import type { PollView } from "@onstage/client";
import { useCallback, useEffect, useState } from "react";
import { useSession } from "../hooks/SessionContext.js";
import { usePermission, useSnapshot } from "../hooks/useSnapshot.js";

interface Polls {
  /** Prepared and not started; only for who prepares polls. */
  readonly prepared: readonly PollView[];
  /** Those that run, and the one that stopped last until it is put away. */
  readonly shown: readonly PollView[];
  readonly add: (poll: PollView) => void;
  readonly putAway: (poll: PollView) => void;
}

/** The polls to show. The room tells of those that have started; who prepares them asks for the others. */
export function usePolls(): Polls {
  const { polls } = useSnapshot();
  const [prepared, add] = usePreparedPolls();
  const [putAwayIds, setPutAway] = useState<ReadonlySet<string>>(new Set());
  const putAway = useCallback(({ id }: PollView) => setPutAway((ids) => new Set(ids).add(id)), []);
  const running = polls.filter((one) => one.status === "started");
  const last = polls
    .filter((one) => one.status === "stopped")
    .reduce<PollView | null>((latest, one) => (stoppedAt(one) > stoppedAt(latest) ? one : latest), null);
  const started = new Set(polls.map(({ id }) => id));
  return {
    prepared: prepared.filter(({ id }) => !started.has(id)),
    shown: last && !putAwayIds.has(last.id) ? [...running, last] : running,
    add,
    putAway,
  };
}

function stoppedAt(poll: PollView | null): string {
  return poll?.stopped_at ?? "";
}

function usePreparedPolls(): [readonly PollView[], (poll: PollView) => void] {
  const session = useSession();
  const prepares = usePermission("poll.create");
  const [prepared, setPrepared] = useState<readonly PollView[]>([]);
  useEffect(() => {
    if (!prepares) {
      return undefined;
    }
    const asking = new AbortController();
    session.polls
      .list({ status: "created" }, { signal: asking.signal })
      .then(({ data }) => setPrepared(data))
      .catch(() => undefined); // they can still make new ones
    const off = session.on("poll.started", ({ poll }) =>
      setPrepared((known) => known.filter(({ id }) => id !== poll.id)),
    );
    return () => {
      asking.abort();
      off();
      setPrepared([]);
    };
  }, [session, prepares]);
  const add = useCallback((poll: PollView) => setPrepared((known) => [poll, ...known]), []);
  return [prepared, add];
}
