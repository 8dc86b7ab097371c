import { useId } from "react";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly maxLength: number;
  readonly autoFocus?: boolean;
  readonly onChange: (value: string) => void;
}

/** A line of text with its label above. */
export function TextField({ label, onChange, ...rest }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} dir="auto" onChange={(event) => onChange(event.target.value)} {...rest} />
    </div>
  );
}
