import { useLayout } from "../room/LayoutContext.js";
import { Spinner } from "../ui/Spinner.js";
import { useStage } from "../hooks/useStage.js";
import { AudioPrompt } from "./AudioPrompt.js";
import { GridLayout } from "./GridLayout.js";
import { SpotlightLayout } from "./SpotlightLayout.js";
import { useTiles } from "./useTiles.js";

/** Everybody on stage, live over WebRTC. */
export function Stage() {
  const { layout } = useLayout();
  const tiles = useTiles();
  const { status } = useStage();
  const isSpotlit = layout !== "grid" || tiles.some((tile) => tile.kind === "screen");
  return (
    <div className="stage">
      {tiles.length === 0 ? (
        <div className="stage-empty">
          <p>The stage is empty.</p>
          <p className="quiet">Whoever comes on stage appears here.</p>
        </div>
      ) : isSpotlit ? (
        <SpotlightLayout tiles={tiles} />
      ) : (
        <GridLayout tiles={tiles} />
      )}
      {status !== "connected" && (
        <div className="stage-status">
          <Spinner label="Connecting to the stage…" />
        </div>
      )}
      <AudioPrompt />
    </div>
  );
}
