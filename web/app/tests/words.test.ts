import { OnstageError, type Problem } from "@onstage/client";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { formatWhen } from "../src/errors/formatWhen.js";
import { wordsOf } from "../src/errors/words.js";

const NOW = new Date(2026, 10, 24, 18, 30);

beforeAll(() => void vi.stubGlobal("navigator", { languages: ["de-DE", "en-GB"] }));

function refusal(code: Problem["code"], change: Partial<Problem> = {}): OnstageError {
  return OnstageError.problem({
    code,
    title: "The title.",
    detail: "The detail.",
    status: 409,
    expected: null,
    fix: "PATCH the room with `locked: false`.",
    errors: [],
    retry_after_s: null,
    ...change,
  });
}

const said = (code: Problem["code"], change: Partial<Problem> = {}): string => {
  const { title, advice } = wordsOf(refusal(code, change), NOW);
  return `${title} ${advice ?? ""}`;
};

describe("people read of a refusal", () => {
  test.each([
    ["token_invalid", "This link is no longer valid. Ask for a new one."],
    ["token_revoked", "This link is no longer valid. Ask for a new one."],
    ["token_expired", "This link has expired. Ask for a new one."],
    ["room_code_not_found", "No room has this code. Check it, or ask for a new link."],
    ["room_code_expired", "This link has expired. Ask for a new one."],
    ["room_code_used_up", "This link was used as often as it may be. Ask for a new one."],
    ["room_locked", "The room is locked. Nobody can join at the moment. Try again later, or ask the host."],
    ["room_full", "The room is full. Try again when somebody has left."],
    [
      "participant_removed",
      "You were removed from this session. Ask the host if you think that this is a mistake.",
    ],
    ["participant_banned", "You can't join this room. Ask the host if you think that this is a mistake."],
    ["malformed", "That can't be sent as it is. Change what you wrote, then try again."],
  ] as const)("%s: what they can do", (code, words) => {
    expect(said(code)).toBe(words);
  });

  test("how long to wait, or until when", () => {
    expect(said("rate_limited", { retry_after_s: 12 })).toBe("That was too often. Try again in 12 s.");
    expect(said("rate_limited")).toBe("That was too often. Try again in a moment.");
    expect(said("rate_limited", { retry_after_s: 1_800 })).toBe("That was too often. Try again at 19:00.");
    expect(said("join_too_early", { retry_after_s: 90 })).toBe(
      "It is too early to join. Come back in 1 min 30 s.",
    );
    expect(said("join_too_early")).toBe("It is too early to join. Come back later.");
  });

  test("when a room opens or closed, by their own clock", () => {
    const at = new Date(2026, 10, 24, 20, 15).toISOString();
    expect(said("room_not_open", { expected: `from ${at}` })).toBe(
      "The room is not open yet. It opens at 20:15.",
    );
    expect(said("room_not_open", { expected: `before ${at}` })).toBe(
      "The room is closed. It closed at 20:15.",
    );
    expect(said("room_not_open", { expected: "on a fine day" })).toBe(
      "The room is not open now. Ask the host when it is.",
    );
  });

  test("nothing that is meant for developers, whatever the code", () => {
    for (const code of ["webhook_disabled", "room_in_use", "a_code_of_tomorrow"] as Problem["code"][]) {
      expect(said(code)).toBe("That did not work. Try again in a moment. If it goes on, ask the host.");
    }
  });
});

test("what fails in the browser, and why a connection was closed for good, is told in the SDK's words", () => {
  const lost = OnstageError.client("connection_lost");
  expect(wordsOf(lost, NOW)).toEqual({ title: lost.title, advice: lost.fix });
  const replaced = OnstageError.bye("replaced", "");
  expect(wordsOf(replaced, NOW)).toEqual({ title: replaced.title, advice: replaced.fix });
});

test("a time has its day unless that is today, and its year unless it is this one", () => {
  expect(formatWhen(new Date(2026, 10, 24, 20, 5), NOW, "en-GB")).toBe("at 20:05");
  expect(formatWhen(new Date(2026, 10, 26, 9, 0), NOW, "en-GB")).toMatch(
    /^on Thursday,? 26 November at 0?9:00$/,
  );
  expect(formatWhen(new Date(2027, 0, 1, 0, 0), NOW, "en-GB")).toMatch(
    /^on Friday,? 1 January 2027 at 0?0:00$/,
  );
});
