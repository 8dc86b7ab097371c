import type { RequestOptions } from "./options.js";
import type { RequestMap } from "./protocol.js";

export type { RequestMap };

/** How changes are asked for: over the gateway, each with a reply. */
export type Ask = <Name extends keyof RequestMap>(
  name: Name,
  data: RequestMap[Name]["data"],
  options?: RequestOptions,
) => Promise<RequestMap[Name]["reply"]>;

/** An invite waits for a yes, unless the promotion was forced. */
export type PromoteReply = RequestMap["participant.promote"]["reply"];
