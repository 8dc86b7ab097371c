import { useEffect, useId, useRef, useState } from "react";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (colour: string) => void;
}

/** While somebody drags through the colours, only where they stop for so long is worth a request. */
const SETTLED_MS = 250;

export function ColourField({ label, value, onChange }: Props) {
  const id = useId();
  const [chosen, setChosen] = useState<string | null>(null);
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const choose = (colour: string): void => {
    setChosen(colour);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      setChosen(null);
      onChange(colour);
    }, SETTLED_MS);
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="color"
        className="colour"
        value={chosen ?? value}
        onChange={(event) => choose(event.target.value)}
      />
    </div>
  );
}
