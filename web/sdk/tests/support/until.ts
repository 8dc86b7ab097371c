const DEADLINE_MS = 5_000;

/** Resolves once `check` is true; sockets and promises run meanwhile. Fails after five seconds. */
export async function until(check: () => boolean): Promise<void> {
  const startMs = performance.now();
  while (!check()) {
    if (performance.now() - startMs > DEADLINE_MS) {
      throw new Error(`never came true: ${check.toString()}`);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets every promise that can settle do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
