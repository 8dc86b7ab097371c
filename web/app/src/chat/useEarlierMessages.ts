import type { MessageView } from "@onstage/client";
import { useCallback, useEffect, useState } from "react";
import { useSession } from "../hooks/SessionContext.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { isShownInChat } from "./isShownInChat.js";

/** A snapshot holds so many; with fewer there is nothing before them. */
const IN_SNAPSHOT = 50;

interface Earlier {
  readonly messages: readonly MessageView[];
  readonly hasMore: boolean;
  readonly load: () => Promise<void>;
}

/** The history before the snapshot's oldest message, as far as it was asked for. */
export function useEarlierMessages(): Earlier {
  const session = useSession();
  const recent = useSnapshot().messages;
  const [loaded, setLoaded] = useState<readonly MessageView[]>([]);
  const [isAtStart, setAtStart] = useState(false);
  useEffect(() => {
    const keep = (fresh: readonly MessageView[]): void => setLoaded((known) => withFresh(known, fresh));
    const replace = ({ message }: { message: MessageView }): void =>
      setLoaded((known) => known.map((one) => (one.id === message.id ? message : one)));
    const changes = ["message.deleted", "message.pinned", "message.unpinned"] as const;
    const offs = [
      session.on("snapshot", ({ messages }) => keep(messages)),
      ...changes.map((name) => session.on(name, replace)),
    ];
    return () => offs.forEach((off) => off());
  }, [session]);
  const oldest = loaded[0] ?? recent[0];
  const load = useCallback(async () => {
    const { data, next_cursor: more } = await session.chat.before(oldest?.id);
    setLoaded((known) => [...data, ...(known.length === 0 ? session.state.messages : known)]);
    setAtStart(more === null);
  }, [session, oldest]);
  const firstRecent = recent[0]?.seq ?? Number.POSITIVE_INFINITY;
  const messages = loaded.filter((one) => one.seq < firstRecent && isShownInChat(one));
  return { messages, hasMore: recent.length >= IN_SNAPSHOT && !isAtStart, load };
}

/** Once something was loaded, what the snapshot lets go of later is kept as well: there must be no hole. */
function withFresh(known: readonly MessageView[], fresh: readonly MessageView[]): readonly MessageView[] {
  if (known.length === 0) {
    return known;
  }
  const ids = new Set(fresh.map(({ id }) => id));
  const all = [...known.filter(({ id }) => !ids.has(id)), ...fresh];
  return all.sort((one, other) => one.seq - other.seq);
}
