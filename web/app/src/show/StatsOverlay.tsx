import { useSession } from "../hooks/SessionContext.js";
import { useNow } from "../hooks/useNow.js";
import { formatBitrate } from "./formatBitrate.js";

/** Figures of the player, for who looks for a fault. */
export function StatsOverlay() {
  const { player } = useSession();
  useNow(500);
  const { stats } = player;
  const rows: readonly (readonly [string, string])[] = [
    ["Picture", `${String(stats.width)} × ${String(stats.height)}`],
    ["Network", stats.bandwidthBps === null ? "–" : formatBitrate(stats.bandwidthBps)],
    ["Buffer", `${stats.bufferedS.toFixed(1)} s`],
    ["Behind the stage", stats.latencyMs === null ? "–" : `${(stats.latencyMs / 1000).toFixed(2)} s`],
    ["Stood still", `${String(stats.stalls)} × (${(stats.stalledMs / 1000).toFixed(1)} s)`],
    ["Pictures dropped", String(stats.droppedFrames)],
    ["Sources loaded", `${String(stats.loads)}, recovered ${String(stats.recoveries)} ×`],
  ];
  return (
    <table className="show-stats" data-testid="stats">
      <caption className="visually-hidden">Figures of the player</caption>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
