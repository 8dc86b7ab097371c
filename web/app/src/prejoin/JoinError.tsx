import type { OnstageError } from "@onstage/client";
import { useWords } from "../errors/useWords.js";

/** Why it did not go well; the form stays to try again. */
export function JoinError({ error }: { error: OnstageError }) {
  const { title, advice } = useWords(error);
  return (
    <p className="field-error" role="alert">
      <strong>{title}</strong> {advice}
    </p>
  );
}
