import type { PollView } from "@onstage/client";
import { useId } from "react";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { usePermission, useSnapshot } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";
import { IconButton } from "../ui/IconButton.js";
import { canVote, openQuestions } from "./openQuestions.js";
import { PollBallot } from "./PollBallot.js";
import { PollResults } from "./PollResults.js";
import { PollState } from "./PollState.js";

/** One poll: first the questions, then what came of it. */
export function PollCard({ poll, onPutAway }: { poll: PollView; onPutAway: () => void }) {
  const { polls } = useSession();
  const { me, votes } = useSnapshot();
  const mayStop = usePermission("poll.stop");
  const { isBusy, run } = useAction();
  const titleId = useId();
  const vote = votes.find((one) => one.poll_id === poll.id);
  const open = canVote(poll, me) ? openQuestions(poll, vote) : [];
  return (
    <section className="poll" aria-labelledby={titleId} data-testid="poll">
      <header className="poll-head">
        <p className="poll-title" id={titleId}>
          <span className="clamped" dir="auto" title={poll.title}>
            {poll.title}
          </span>
          <PollState poll={poll} hasVoted={vote !== undefined} />
        </p>
        {poll.status === "stopped" && (
          <IconButton icon="close" label="Put the poll away" onClick={onPutAway} />
        )}
        {poll.status === "started" && mayStop && (
          <Button
            className="button-small"
            disabled={isBusy}
            onClick={() => run(() => polls.stop(poll.id))}
            data-testid="poll-stop"
          >
            Stop
          </Button>
        )}
      </header>
      {(open.length === 0 || mayStop) && <PollResults poll={poll} vote={vote} />}
      {open.length > 0 && !mayStop && <PollBallot poll={poll} open={open} />}
      {open.length > 0 && mayStop && (
        <details>
          <summary>Vote yourself</summary>
          <PollBallot poll={poll} open={open} />
        </details>
      )}
    </section>
  );
}
