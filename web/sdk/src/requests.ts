import type { RequestMap } from "./protocol.js";

export type { RequestMap };

/** An invite waits for a yes, unless the promotion was forced. */
export type PromoteReply = RequestMap["participant.promote"]["reply"];
