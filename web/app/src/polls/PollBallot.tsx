import type { GiveAnswer, PollView } from "@onstage/client";
import { useState, type SubmitEvent } from "react";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { Button } from "../ui/Button.js";
import { BallotQuestion } from "./BallotQuestion.js";

/** The questions that are open to me. What is chosen counts once it is sent, and can't be changed then. */
export function PollBallot({ poll, open }: { poll: PollView; open: readonly number[] }) {
  const { polls } = useSession();
  const [answers, setAnswers] = useState<ReadonlyMap<number, GiveAnswer>>(new Map());
  const { isBusy, run } = useAction();
  const given = open.flatMap((question) => answers.get(question) ?? []).filter(isGiven);
  const isMissing = (question: number): boolean =>
    poll.questions[question]?.required === true && !given.some((one) => one.question === question);
  const vote = (event: SubmitEvent): void => {
    event.preventDefault();
    run(() => polls.vote(poll.id, given));
  };
  return (
    <form className="ballot" onSubmit={vote}>
      {open.map((place) => (
        <BallotQuestion
          key={place}
          poll={poll}
          place={place}
          answer={answers.get(place)}
          onAnswer={(answer) => setAnswers((known) => new Map(known).set(place, answer))}
        />
      ))}
      <Button
        look="primary"
        type="submit"
        disabled={isBusy || given.length === 0 || open.some(isMissing)}
        data-testid="poll-vote"
      >
        Vote
      </Button>
    </form>
  );
}

function isGiven({ options = [], text = null }: GiveAnswer): boolean {
  return options.length > 0 || (text ?? "").trim() !== "";
}
