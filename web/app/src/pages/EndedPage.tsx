import type { OnstageError } from "@onstage/client";
import { ErrorCard } from "../errors/ErrorCard.js";
import { isFinal } from "../isFinal.js";
import { Button } from "../ui/Button.js";

interface Props {
  /** null: they left by themselves. */
  readonly error: OnstageError | null;
  /** Why, in the words of whoever ended it. */
  readonly reason: string | null;
  readonly onRejoin: () => void;
}

export function EndedPage({ error, reason, onRejoin }: Props) {
  const rejoin = (
    <Button look="primary" onClick={onRejoin}>
      Join again
    </Button>
  );
  return (
    <main className="center-page">
      {error ? (
        <ErrorCard error={error} reason={reason}>
          {!isFinal(error) && rejoin}
        </ErrorCard>
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
