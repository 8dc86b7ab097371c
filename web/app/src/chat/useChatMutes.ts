import { useCallback, useMemo, useState } from "react";
import { useSession } from "../hooks/SessionContext.js";
import { useSnapshot } from "../hooks/useSnapshot.js";

/** Who may not chat, as far as a moderator's page knows. */
export interface ChatMutes {
  readonly isMuted: (participantId: string) => boolean;
  readonly mute: (participantId: string, muted: boolean) => Promise<void>;
}

/** The room tells of those who are listed; of viewers only what was done here is known. */
export function useChatMutes(): ChatMutes {
  const session = useSession();
  const { participants, hands } = useSnapshot();
  const [done, setDone] = useState<ReadonlyMap<string, boolean>>(new Map());
  const mute = useCallback(
    async (participantId: string, muted: boolean) => {
      const { chat_muted: isMuted } = await session.people.muteChat(participantId, muted);
      setDone((known) => new Map(known).set(participantId, isMuted));
    },
    [session],
  );
  return useMemo(() => {
    const listed = new Map([...participants, ...hands].map((one) => [one.id, one.chat_muted]));
    return { isMuted: (id) => listed.get(id) ?? done.get(id) ?? false, mute };
  }, [participants, hands, done, mute]);
}
