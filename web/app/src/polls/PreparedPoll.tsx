import type { PollView } from "@onstage/client";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { usePermission } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";

/** A poll that only those who prepare them see. */
export function PreparedPoll({ poll }: { poll: PollView }) {
  const { polls } = useSession();
  const mayStart = usePermission("poll.start");
  const { isBusy, run } = useAction();
  return (
    <section className="poll poll-prepared" aria-label={`Prepared poll: ${poll.title}`}>
      <p className="poll-title">
        <span className="clamped" dir="auto" title={poll.title}>
          {poll.title}
        </span>
        <small className="quiet">Only hosts see this yet</small>
      </p>
      {mayStart && (
        <Button
          look="primary"
          className="button-small"
          disabled={isBusy}
          onClick={() => run(() => polls.start(poll.id))}
          data-testid="poll-start"
        >
          Start
        </Button>
      )}
    </section>
  );
}
