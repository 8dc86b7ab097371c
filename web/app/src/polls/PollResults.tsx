import type { PollView, QuestionView, VoteView } from "@onstage/client";
import { shareOf } from "./shareOf.js";

/** What the votes amount to, with mine marked; or that this is told later, or never. */
export function PollResults({ poll, vote }: { poll: PollView; vote: VoteView | undefined }) {
  if (!poll.result) {
    return <p className="quiet poll-hidden">{hiddenBecause(poll)}</p>;
  }
  return (
    <>
      {poll.questions.map((question, place) => (
        <QuestionResult
          key={place}
          question={question}
          isTitle={poll.questions.length === 1 && question.text === poll.title}
          votes={poll.result?.questions[place]?.votes ?? []}
          answers={poll.result?.questions[place]?.answers ?? 0}
          mine={vote?.answers.find((one) => one.question === place)?.options ?? []}
        />
      ))}
    </>
  );
}

function hiddenBecause({ results_shown: shown, status }: PollView): string {
  return shown === "never" || status === "stopped"
    ? "The hosts keep the result to themselves."
    : "The result is shown when the poll is closed.";
}

interface Props {
  readonly question: QuestionView;
  readonly isTitle: boolean;
  readonly votes: readonly number[];
  readonly answers: number;
  readonly mine: readonly number[];
}

function QuestionResult({ question, isTitle, votes, answers, mine }: Props) {
  return (
    <div className="poll-result">
      {!isTitle && <p dir="auto">{question.text}</p>}
      {question.type === "text" && (
        <p className="quiet">{answers === 1 ? "1 answer" : `${answers} answers`}</p>
      )}
      <ul>
        {question.options.map((option, number) => {
          const share = shareOf(votes[number] ?? 0, answers);
          const isRight = question.correct?.includes(number) ?? false;
          return (
            <li key={option} className={mine.includes(number) ? "bar is-mine" : "bar"} data-testid="poll-bar">
              <span className="bar-fill" style={{ "--share": share }} aria-hidden="true" />
              <span className="bar-text clamped" dir="auto" title={option}>
                {option}
              </span>
              {isRight && <strong className="bar-note">✓ right</strong>}
              {mine.includes(number) && <small className="bar-note">(you)</small>}
              <span className="bar-share">{Math.round(share * 100)} %</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
