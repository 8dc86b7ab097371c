import { useState } from "react";
import { StageTile } from "./StageTile.js";
import type { Tile } from "./useTiles.js";

/** One large, the others in a row below: a shared screen, else whoever speaks, or spoke last. */
export function SpotlightLayout({ tiles }: { tiles: readonly Tile[] }) {
  const [lastSpeaker, setLastSpeaker] = useState<string | null>(null);
  const speaker = tiles.find((tile) => tile.isSpeaking)?.key ?? null;
  if (speaker !== null && speaker !== lastSpeaker) {
    setLastSpeaker(speaker);
  }
  const main =
    tiles.find((tile) => tile.kind === "screen") ??
    tiles.find((tile) => tile.key === lastSpeaker) ??
    tiles[0];
  const others = tiles.filter((tile) => tile !== main);
  return (
    <div className="spotlight-layout">
      <div className="spotlight-main">{main && <StageTile key={main.key} tile={main} />}</div>
      {others.length > 0 && (
        <div className="spotlight-row">
          {others.map((tile) => (
            <StageTile key={tile.key} tile={tile} />
          ))}
        </div>
      )}
    </div>
  );
}
