import { useSize } from "../hooks/useSize.js";
import { fitTiles } from "./fitTiles.js";
import { StageTile } from "./StageTile.js";
import type { Tile } from "./useTiles.js";

const GAP = 10;

/** All alike, as large as fits. */
export function GridLayout({ tiles }: { tiles: readonly Tile[] }) {
  const { ref, size } = useSize();
  const tileWidth = fitTiles(size, tiles.length, GAP);
  return (
    <div ref={ref} className="grid-layout" style={{ gap: GAP, "--tile-width": `${tileWidth}px` }}>
      {tiles.map((tile) => (
        <StageTile key={tile.key} tile={tile} />
      ))}
    </div>
  );
}
