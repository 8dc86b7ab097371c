import type { OutputView } from "@onstage/client";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { Button } from "../ui/Button.js";
import { Dialog } from "../ui/Dialog.js";
import { IconButton } from "../ui/IconButton.js";
import { OutputForm } from "./OutputForm.js";
import { OutputState } from "./OutputState.js";

/** The targets of the show, each with its state, and a form for one more. */
export function OutputsDialog({ targets, onClose }: { targets: readonly OutputView[]; onClose: () => void }) {
  const session = useSession();
  const { isBusy, run } = useAction();
  return (
    <Dialog title="Live targets" onClose={onClose} actions={<Button onClick={onClose}>Close</Button>}>
      {targets.length === 0 ? (
        <p className="quiet">Send the show to YouTube, Twitch or any RTMP server, while it is live here.</p>
      ) : (
        <ul className="outputs">
          {targets.map((target) => (
            <li key={target.id} className="output" data-testid={`output-${target.id}`}>
              <div className="output-what">
                <span className="output-url" title={target.url ?? ""}>
                  {target.url}
                </span>
                <OutputState output={target} />
              </div>
              <IconButton
                icon="close"
                label={`Remove ${target.url ?? "the target"}`}
                disabled={isBusy}
                onClick={() => run(() => session.broadcasts.removeOutput(target.id))}
                data-testid={`remove-${target.id}`}
              />
            </li>
          ))}
        </ul>
      )}
      <OutputForm />
    </Dialog>
  );
}
