import type { OnstageError } from "@onstage/client";
import { Button } from "../ui/Button.js";
import { ErrorCard } from "../ui/ErrorCard.js";

interface Props {
  /** null: they left by themselves. */
  readonly error: OnstageError | null;
  readonly onRejoin: () => void;
}

export function EndedPage({ error, onRejoin }: Props) {
  const rejoin = (
    <Button look="primary" onClick={onRejoin}>
      Join again
    </Button>
  );
  return (
    <main className="center-page">
      {error ? (
        <ErrorCard error={error}>{error.code !== "participant_removed" && rejoin}</ErrorCard>
      ) : (
        <section className="card">
          <h1>You have left.</h1>
          <p className="quiet">You can close this page, or go back in.</p>
          <div className="card-actions">{rejoin}</div>
        </section>
      )}
    </main>
  );
}
