import type { OnstageError } from "@onstage/client";
import type { ReactNode } from "react";
import { Icon } from "./Icon.js";

/** A failure that fills the page: what happened, what to do, and a way on. */
export function ErrorCard({ error, children }: { error: OnstageError; children?: ReactNode }) {
  return (
    <section className="card error-card" role="alert">
      <Icon name="warning" />
      <h1>{error.title}</h1>
      {error.detail !== error.title && <p className="quiet">{error.detail}</p>}
      <p>{error.fix}</p>
      {children && <div className="card-actions">{children}</div>}
    </section>
  );
}
