import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { GatewayEvent } from "../src/frames.js";
import type { SnapshotView } from "../src/protocol.js";
import { reduce } from "../src/reduce.js";

/** Recorded by the server: a snapshot, the events that came, and the snapshot it took afterwards (invariant 3). */
interface Triple {
  readonly before: SnapshotView;
  readonly events: readonly GatewayEvent[];
  readonly after: SnapshotView;
}

const FOLDER = new URL("../../../protocol/replay/", import.meta.url);

const names = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

describe("a snapshot plus the events after it equals the next snapshot", () => {
  test("in at least one recording", () => {
    expect(names).not.toEqual([]);
  });

  test.each(names)("%s", (name) => {
    const recorded = JSON.parse(readFileSync(new URL(name, FOLDER), "utf-8")) as Triple | Triple[];
    for (const { before, events, after } of [recorded].flat()) {
      expect(events.reduce(reduce, before)).toEqual(after);
    }
  });
});
