/** `2.5 Mb/s`, or `800 kb/s` below one. */
export function formatBitrate(bps: number): string {
  return bps < 1_000_000 ? `${String(Math.round(bps / 1_000))} kb/s` : `${(bps / 1_000_000).toFixed(1)} Mb/s`;
}
