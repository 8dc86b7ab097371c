import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { Button } from "../ui/Button.js";
import { useNotify } from "../ui/NoticesContext.js";

/** Copies the link with which anybody watches. */
export function ShareLink() {
  const session = useSession();
  const notify = useNotify();
  const { isBusy, run } = useAction();
  const copy = async (): Promise<void> => {
    const link = await session.link("viewer");
    await navigator.clipboard.writeText(link);
    notify("The link to watch is copied.");
  };
  return (
    <Button
      icon="copy"
      className="share-link"
      disabled={isBusy}
      onClick={() => run(copy)}
      data-testid="copy-link"
    >
      Copy watch link
    </Button>
  );
}
