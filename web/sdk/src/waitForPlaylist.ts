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
  /** Whether there may be a show now; while it is known that there is none, nobody looks. */
  readonly isExpected: () => boolean;
  /** Asks for another URL of the same list, where the one there is was refused; null: there is none to be had. */
  readonly renew: () => Promise<string | null>;
  /** Told whether the server was reached, before each wait. */
  readonly onWait: (isServerReached: boolean) => void;
  /** A signal that ends the current wait early, asked for before each. */
  readonly hurry: () => AbortSignal;
}

/**
 * Resolves once there may be a show. Asking for the list of one that has not begun is work for the server, and a line
 * in red in the browser's console, for nothing.
 *
 * @throws DOMException AbortError when `signal` aborts
 */
export async function untilExpected(parts: WaitParts, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  while (!parts.isExpected()) {
    parts.onWait(true);
    await aborted(AbortSignal.any([signal, parts.hurry()]));
    signal.throwIfAborted();
  }
}

/**
 * The text of the multivariant playlist, once there is one that `isWanted`. A 404 means "not live yet": the next look
 * is after the server's `Retry-After`, or once a show is expected again. A 403 means that the URL's playback token is
 * good no more: another is asked for, and where there is none, this is looked at again as after a 404.
 *
 * @throws DOMException AbortError when `signal` aborts
 */
export async function waitForPlaylist(
  urlOf: () => string,
  isWanted: (text: string) => boolean,
  parts: WaitParts,
  signal: AbortSignal,
): Promise<string> {
  let isNew = false; // a URL that was refused although it is new is no reason to ask at once for another
  for (;;) {
    signal.throwIfAborted();
    const response = await look(urlOf(), parts, signal);
    isNew = response?.status === 403 && !isNew && (await renewed(urlOf(), parts));
    if (isNew) {
      continue;
    }
    const text = response?.ok ? await response.text().catch(() => null) : null;
    if (text !== null && isWanted(text)) {
      return text;
    }
    signal.throwIfAborted();
    parts.onWait(response !== null && response.status < 500);
    await sleep(parts.clock, delayMs(response, parts), AbortSignal.any([signal, parts.hurry()]));
    if (response !== null) {
      await untilExpected(parts, signal);
    }
  }
}

/** Whether there is another URL now. */
async function renewed(refused: string, { renew }: WaitParts): Promise<boolean> {
  const url = await renew().catch(() => null);
  return url !== null && url !== refused;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function look(url: string, { fetch }: WaitParts, signal: AbortSignal): Promise<Response | null> {
  try {
    return await fetch(url, { signal, cache: "no-store" });
  } catch {
    return null;
  }
}

function delayMs(response: Response | null, { options, backoff, random }: WaitParts): number {
  if (response === null) {
    return backoff.nextDelayMs();
  }
  backoff.reset();
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const askedMs = Number.isNaN(seconds) ? options.retryAfterMs : Math.max(seconds, 1) * 1000;
  return Math.min(askedMs, options.maxRetryAfterMs) + random() * options.jitterMs;
}
