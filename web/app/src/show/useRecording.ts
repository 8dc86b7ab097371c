import type { BroadcastView } from "@onstage/client";
import { useEffect, useState } from "react";
import { useSession } from "../hooks/SessionContext.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { isOnAir } from "../room/isOnAir.js";

/** The id of the last show's recording, once it can be played by who looks; null while one is on air. */
export function useRecording(): string | null {
  const session = useSession();
  const { broadcast } = useSnapshot();
  const id = recordingOf(broadcast);
  const [readyId, setReadyId] = useState<string | null>(null);
  useEffect(() => {
    if (id === null) {
      return undefined;
    }
    const left = new AbortController();
    const look = async (): Promise<void> => {
      const answer = await fetch(session.recordingUrl(id), { signal: left.signal, cache: "no-store" });
      setReadyId(answer.ok ? id : null);
    };
    // Not ready, deleted, or not for everybody: then there is nothing to offer.
    const tryToLook = (): void => void look().catch(() => undefined);
    tryToLook();
    const off = session.on("recording.ready", ({ recording }) => recording.id === id && tryToLook());
    return () => {
      off();
      left.abort();
    };
  }, [session, id]);
  return id === readyId ? id : null;
}

function recordingOf(broadcast: BroadcastView | null): string | null {
  if (broadcast === null || isOnAir(broadcast)) {
    return null;
  }
  return broadcast.outputs.filter(({ type }) => type === "recording").at(-1)?.recording_id ?? null;
}
