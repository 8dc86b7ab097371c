import type { Backoff } from "./Backoff.js";
import type { Clock } from "./clock.js";
import type { PlayerOptions } from "./options.js";
import { sleep } from "./sleep.js";

export interface WaitParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly fetch: typeof fetch;
  readonly options: PlayerOptions;
  /** For failures of the network; 404s are paced by the server. */
  readonly backoff: Backoff;
  /** Whether a show is known to be about to start; while it is not, looking seldom is enough. */
  readonly isExpected: () => boolean;
  /** Told whether the server was reached, before each wait. */
  readonly onWait: (isServerReached: boolean) => void;
  /** A signal that ends the current wait early, asked for before each. */
  readonly hurry: () => AbortSignal;
}

/**
 * The text of the multivariant playlist at `url`, once there is one that `isWanted`. A 404 means "not live yet": the
 * next look is after the server's `Retry-After`.
 *
 * @throws DOMException AbortError when `signal` aborts
 */
export async function waitForPlaylist(
  url: string,
  isWanted: (text: string) => boolean,
  parts: WaitParts,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    const response = await look(url, parts, signal);
    const text = response?.ok ? await response.text().catch(() => null) : null;
    if (text !== null && isWanted(text)) {
      return text;
    }
    signal.throwIfAborted();
    parts.onWait(response !== null && response.status < 500);
    await sleep(parts.clock, delayMs(response, parts), AbortSignal.any([signal, parts.hurry()]));
  }
}

async function look(url: string, { fetch }: WaitParts, signal: AbortSignal): Promise<Response | null> {
  try {
    return await fetch(url, { signal, cache: "no-store" });
  } catch {
    return null;
  }
}

function delayMs(response: Response | null, { options, backoff, random, isExpected }: WaitParts): number {
  if (response === null) {
    return backoff.nextDelayMs();
  }
  backoff.reset();
  if (!isExpected()) {
    return options.maxRetryAfterMs + random() * options.jitterMs;
  }
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const askedMs = Number.isNaN(seconds) ? options.retryAfterMs : Math.max(seconds, 1) * 1000;
  return Math.min(askedMs, options.maxRetryAfterMs) + random() * options.jitterMs;
}
