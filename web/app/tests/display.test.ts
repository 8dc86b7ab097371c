import type { BroadcastView, OutputView } from "@onstage/client";
import { describe, expect, test } from "vitest";
import { formatDuration } from "../src/room/formatDuration.js";
import { isRecorded } from "../src/room/isOnAir.js";
import { fitTiles } from "../src/stage/fitTiles.js";
import { initialsOf } from "../src/ui/initialsOf.js";

describe("tiles", () => {
  test.each([
    [1, { width: 1600, height: 900 }, 1600],
    [2, { width: 1610, height: 450 }, 800],
    [4, { width: 1610, height: 910 }, 800],
    [2, { width: 320, height: 370 }, 320],
  ])("%i of them are as large as fits", (count, area, width) => {
    expect(fitTiles(area, count, 10)).toBe(width);
  });

  test("have no width before the area is known", () => {
    expect(fitTiles({ width: 0, height: 0 }, 3, 10)).toBe(0);
  });
});

test("initials are those of the first and the last word", () => {
  expect(initialsOf("Ada Lovelace")).toBe("AL");
  expect(initialsOf("Ada King, Countess of Lovelace")).toBe("AL");
  expect(initialsOf("viewer-6d2a")).toBe("V6");
  expect(initialsOf("ada")).toBe("A");
  expect(initialsOf("👩‍🚀 Sally")).toBe("👩‍🚀S");
  expect(initialsOf("Ada (she/her)")).toBe("AH");
  expect(initialsOf("עדה לאבלייס (מהנדסת)")).toBe("עמ");
  expect(initialsOf('d\'Arc, "Jeanne"')).toBe("DJ");
  expect(initialsOf("நித்யா")).toBe("நி");
  expect(initialsOf("…")).toBe("?");
  expect(initialsOf("  ")).toBe("?");
});

test("a show is recorded while a recording of it is live", () => {
  const fed = (type: OutputView["type"], status: OutputView["status"]) =>
    isRecorded({ outputs: [{ type, status } as OutputView] } as unknown as BroadcastView);
  expect(fed("recording", "live")).toBe(true);
  expect(fed("recording", "ended")).toBe(false);
  expect(fed("rtmp", "live")).toBe(false);
});

test("durations are minutes and seconds, with hours from one on", () => {
  expect(formatDuration(0)).toBe("0:00");
  expect(formatDuration(247_900)).toBe("4:07");
  expect(formatDuration(3_847_000)).toBe("1:04:07");
  expect(formatDuration(-5_000)).toBe("0:00");
});
