import type { OnstageError } from "@onstage/client";
import type { ReactNode } from "react";
import { Icon } from "../ui/Icon.js";
import { useWords } from "./useWords.js";

interface Props {
  readonly error: OnstageError;
  /** Why, in somebody's own words. */
  readonly reason?: string | null;
  readonly children?: ReactNode;
}

/** A failure that fills the page: what happened, what to do, and a way on. */
export function ErrorCard({ error, reason = null, children }: Props) {
  const { title, advice } = useWords(error);
  return (
    <section className="card error-card" role="alert" data-testid={`error-${error.code}`}>
      <Icon name="warning" />
      <h1>{title}</h1>
      {reason !== null && (
        <p className="quiet" dir="auto">
          {reason}
        </p>
      )}
      {advice !== null && <p>{advice}</p>}
      <div className="card-actions">
        {children}
        <a className="button button-quiet" href="/">
          Type another room code
        </a>
      </div>
    </section>
  );
}
