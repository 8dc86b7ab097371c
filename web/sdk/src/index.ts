/** The public names of @onstage/client; nothing else is promised. */
export { RoomSession } from "./RoomSession.js";
export type { SessionEventMap, SessionStatus } from "./sessionEvents.js";
export { StageConnection, type LocalSources, type StageStatus } from "./StageConnection.js";
export type { StageMedia } from "./describeStage.js";
export type { StageVideo } from "./StageVideo.js";
export { preloadStage } from "./loadLivekit.js";
export { Player, type PlayerState, type PlayerStats, type PlayerView } from "./Player.js";
export { OnstageError } from "./OnstageError.js";
export type { ClientErrorCode } from "./clientErrors.js";
export type { FieldProblem, Problem } from "./problem.js";
export { GatewayClient, type GatewayStatus } from "./GatewayClient.js";
export type { GatewayEvent } from "./frames.js";
export type { RequestMap, PromoteReply } from "./requests.js";
export { reduce } from "./reduce.js";
export type * from "./options.js";
export type * from "./protocol.js";
