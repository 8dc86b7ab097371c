const MOST_OPTIONS = 6;

interface Props {
  readonly options: readonly string[];
  readonly onChange: (options: readonly string[]) => void;
}

/** As many fields as are filled, and one more. */
export function OptionFields({ options, onChange }: Props) {
  const change = (place: number, text: string): void => {
    const next = options.map((one, at) => (at === place ? text : one));
    const needsMore = next.every((one) => one.trim() !== "") && next.length < MOST_OPTIONS;
    onChange(needsMore ? [...next, ""] : next);
  };
  return (
    <fieldset className="field option-fields">
      <legend>Options</legend>
      {options.map((option, place) => (
        <input
          key={place}
          value={option}
          onChange={(event) => change(place, event.target.value)}
          maxLength={200}
          dir="auto"
          aria-label={`Option ${place + 1}`}
          placeholder={place < 2 ? `Option ${place + 1}` : "One more, if you like"}
        />
      ))}
    </fieldset>
  );
}
