import { useState } from "react";
import { usePermission } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";
import { PollCard } from "./PollCard.js";
import { PollDialog } from "./PollDialog.js";
import { PreparedPoll } from "./PreparedPoll.js";
import { usePolls } from "./usePolls.js";

/** The head of the chat: its polls, and for who may, the way to a new one. */
export function PollArea() {
  const { prepared, shown, add, putAway } = usePolls();
  const mayCreate = usePermission("poll.create");
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <div className="panel-head">
        <h2>Chat</h2>
        {mayCreate && (
          <Button className="button-small" icon="poll" onClick={() => setAsking(true)} data-testid="poll-new">
            New poll
          </Button>
        )}
      </div>
      {isAsking && <PollDialog onClose={() => setAsking(false)} onCreated={add} />}
      {prepared.length + shown.length > 0 && (
        <div className="polls">
          {prepared.map((poll) => (
            <PreparedPoll key={poll.id} poll={poll} />
          ))}
          {shown.map((poll) => (
            <PollCard key={poll.id} poll={poll} onPutAway={() => putAway(poll)} />
          ))}
        </div>
      )}
    </>
  );
}
