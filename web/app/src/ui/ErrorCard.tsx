import type { OnstageError } from "@onstage/client";
import type { ReactNode } from "react";
import { Icon } from "./Icon.js";

interface Props {
  readonly error: OnstageError;
  /** Somebody's own words for why; told instead of the server's. */
  readonly reason?: string | null;
  readonly children?: ReactNode;
}

/** A failure that fills the page: what happened, what to do, and a way on. */
export function ErrorCard({ error, reason = null, children }: Props) {
  const detail = reason ?? error.detail;
  return (
    <section className="card error-card" role="alert" data-testid={`error-${error.code}`}>
      <Icon name="warning" />
      <h1>{error.title}</h1>
      {detail !== error.title && (
        <p className="quiet" dir="auto">
          {detail}
        </p>
      )}
      <p>{error.fix}</p>
      <div className="card-actions">
        {children}
        <a className="button button-quiet" href="/">
          Type another room code
        </a>
      </div>
    </section>
  );
}
