import type { Size } from "../hooks/useSize.js";

export const TILE_RATIO = 16 / 9;

/** The number of columns that makes `count` tiles of 16:9 largest within `area`, and the width they then have. */
export function fitTiles(area: Size, count: number, gap: number): { columns: number; tileWidth: number } {
  let best = { columns: 1, tileWidth: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const byWidth = (area.width - gap * (columns - 1)) / columns;
    const byHeight = ((area.height - gap * (rows - 1)) / rows) * TILE_RATIO;
    const tileWidth = Math.floor(Math.min(byWidth, byHeight));
    if (tileWidth > best.tileWidth) {
      best = { columns, tileWidth };
    }
  }
  return best;
}
