import { useId } from "react";

interface Option<Value> {
  readonly value: Value;
  readonly label: string;
  /** In small letters behind it. */
  readonly note?: string;
}

interface Props<Value> {
  readonly legend: string;
  readonly options: readonly Option<Value>[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
}

/** One of several, as radio buttons: the arrow keys go through them. */
export function ChoiceList<Value extends string | number | boolean | null>(props: Props<Value>) {
  const name = useId();
  return (
    <fieldset className="choices">
      <legend>{props.legend}</legend>
      {props.options.map(({ value, label, note }) => (
        <label key={String(value)}>
          <input
            type="radio"
            name={name}
            checked={props.chosen === value}
            onChange={() => props.onChoose(value)}
          />
          <span dir="auto">{label}</span>
          {note !== undefined && <small>{note}</small>}
        </label>
      ))}
    </fieldset>
  );
}
