import { expect, test } from "vitest";
import { Backoff } from "../src/Backoff.js";

const OPTIONS = { baseMs: 100, maxMs: 1_000 };

test("delays double up to the bound", () => {
  const backoff = new Backoff(OPTIONS, () => 1);
  expect([1, 2, 3, 4, 5, 6].map(() => backoff.nextDelayMs())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
});

test("jitter takes away up to half", () => {
  expect(new Backoff(OPTIONS, () => 0).nextDelayMs()).toBe(50);
  expect(new Backoff(OPTIONS, () => 0.5).nextDelayMs()).toBe(75);
});

test("a success starts over", () => {
  const backoff = new Backoff(OPTIONS, () => 1);
  backoff.nextDelayMs();
  backoff.nextDelayMs();
  backoff.reset();
  expect(backoff.attempts).toBe(0);
  expect(backoff.nextDelayMs()).toBe(100);
});
