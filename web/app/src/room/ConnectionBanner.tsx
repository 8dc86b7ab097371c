import { useStatus } from "../hooks/useStatus.js";
import { Spinner } from "../ui/Spinner.js";

/** Says that the page is cut off and comes back by itself. */
export function ConnectionBanner() {
  const status = useStatus();
  if (status !== "reconnecting" && status !== "connecting") {
    return null;
  }
  return (
    <div className="connection-banner">
      <Spinner label="The connection is lost. Reconnecting…" />
    </div>
  );
}
