import type { Size } from "../hooks/useSize.js";

export const TILE_RATIO = 16 / 9;

/** The greatest width at which `count` tiles of 16:9 fit into `area`, whatever the number of columns. */
export function fitTiles(area: Size, count: number, gap: number): number {
  let best = 0;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const byWidth = (area.width - gap * (columns - 1)) / columns;
    const byHeight = ((area.height - gap * (rows - 1)) / rows) * TILE_RATIO;
    best = Math.max(best, Math.floor(Math.min(byWidth, byHeight)));
  }
  return best;
}
