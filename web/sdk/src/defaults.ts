import type { GatewayOptions, PlayerOptions, PublishChoice } from "./options.js";

export const GATEWAY_DEFAULTS: GatewayOptions = {
  backoff: { baseMs: 250, maxMs: 8_000 },
  helloTimeoutMs: 10_000,
  silenceTimeoutMs: 40_000,
  requestTimeoutMs: 10_000,
};

export const PLAYER_DEFAULTS: PlayerOptions = {
  retryAfterMs: 2_000,
  maxRetryAfterMs: 10_000,
  jitterMs: 300,
  backoff: { baseMs: 500, maxMs: 8_000 },
  maxLiveSyncPlaybackRate: 1.1,
  jumpBehindS: 2.5,
};

export const STAGE_BACKOFF = { baseMs: 500, maxMs: 8_000 };

/** How long a promotion on an open connection may take to reach this client before it connects afresh. */
export const PERMISSION_TIMEOUT_MS = 3_000;

export const PUBLISH_ALL: PublishChoice = { camera: true, microphone: true };
