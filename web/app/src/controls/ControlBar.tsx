import { useSnapshot } from "../hooks/useSnapshot.js";
import { OutputsButton } from "../outputs/OutputsButton.js";
import { LookButton } from "../look/LookButton.js";
import { MediaButton } from "../media/MediaButton.js";
import { usePage } from "../room/PageContext.js";
import { BroadcastControl } from "./BroadcastControl.js";
import { HandButton } from "./HandButton.js";
import { LayoutPicker } from "./LayoutPicker.js";
import { LeaveButton } from "./LeaveButton.js";
import { LeaveStageButton } from "./LeaveStageButton.js";
import { MediaControls } from "./MediaControls.js";

/** What I can do now: it follows my level and permissions. */
export function ControlBar() {
  const { me } = useSnapshot();
  const page = usePage();
  const isOnStage = me.level === "stage";
  return (
    <footer className="control-bar" aria-label="Controls">
      <div className="control-group">
        {me.permissions.includes("broadcast.update") && (
          <>
            <LayoutPicker />
            <LookButton />
          </>
        )}
      </div>
      <div className="control-group control-group-main">
        {isOnStage && <MediaControls />}
        {!isOnStage && me.permissions.includes("hand.raise") && <HandButton />}
        {isOnStage && page === "watch" && <LeaveStageButton />}
        {page === "studio" && <LeaveButton />}
      </div>
      <div className="control-group control-group-end">
        {me.permissions.includes("broadcast.update") && <OutputsButton />}
        {isOnStage && me.permissions.includes("media.play") && <MediaButton />}
        {me.permissions.includes("broadcast.start") && <BroadcastControl />}
      </div>
    </footer>
  );
}
