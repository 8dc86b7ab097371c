import type { GiveAnswer, PollView } from "@onstage/client";

interface Props {
  readonly poll: PollView;
  readonly place: number;
  readonly answer: GiveAnswer | undefined;
  readonly onAnswer: (answer: GiveAnswer) => void;
}

const LONGEST_TEXT = 500;

/** One question: one of several, several of several, or a text. */
export function BallotQuestion({ poll, place, answer, onAnswer }: Props) {
  const question = poll.questions[place];
  if (!question) {
    return null;
  }
  const chosen = answer?.options ?? [];
  const isSingle = question.type === "single_choice";
  const toggle = (option: number): void => {
    const rest = chosen.filter((one) => one !== option);
    const options = isSingle ? [option] : rest.length < chosen.length ? rest : [...rest, option];
    onAnswer({ question: place, options });
  };
  return (
    <fieldset className="ballot-question">
      <legend
        className={poll.questions.length === 1 && question.text === poll.title ? "visually-hidden" : ""}
      >
        <bdi>{question.text}</bdi>
        {question.required && <span className="quiet"> (needed)</span>}
      </legend>
      {question.type === "text" && (
        <input
          value={answer?.text ?? ""}
          onChange={(event) => onAnswer({ question: place, text: event.target.value })}
          maxLength={LONGEST_TEXT}
          dir="auto"
          aria-label={question.text}
        />
      )}
      {question.options.map((option, number) => (
        <label key={option} className="ballot-option">
          <input
            type={isSingle ? "radio" : "checkbox"}
            name={`${poll.id}-${place}`}
            checked={chosen.includes(number)}
            onChange={() => toggle(number)}
          />
          <span className="clamped" dir="auto" title={option}>
            {option}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
