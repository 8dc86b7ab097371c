import { useEffect } from "react";
import { useSession } from "../hooks/SessionContext.js";
import { isolated } from "../ui/isolated.js";
import { useNotify } from "../ui/NoticesContext.js";

/** Turns what happens to me into words. */
export function SessionNotices() {
  const session = useSession();
  const notify = useNotify();
  useEffect(() => {
    const isMe = (id: string): boolean => id === session.state.me.id;
    const offs = [
      session.on("media_failed", notify),
      session.on("stage_failed", notify),
      session.on("participant.promoted", ({ participant }) => {
        notify(isMe(participant.id) ? "You are on stage." : `${isolated(participant.name)} is on stage.`);
      }),
      session.on("participant.demoted", ({ participant }) => {
        if (isMe(participant.id)) {
          notify("You are back in the seats.");
        }
      }),
      session.on("participant.role_changed", ({ participant }) => {
        if (isMe(participant.id)) {
          notify(`Your role is ${participant.role} now.`);
        }
      }),
      session.on("invite.declined", ({ invite }) => {
        if (invite.invited_by === session.state.me.id) {
          notify("The invite was declined.");
        }
      }),
      session.on("broadcast.failed", ({ broadcast }) => {
        notify(`The broadcast failed: ${broadcast.reason_text ?? "see the server's log"}.`);
      }),
    ];
    return () => offs.forEach((off) => off());
  }, [session, notify]);
  return null;
}
