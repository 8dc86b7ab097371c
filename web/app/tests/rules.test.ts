import { OnstageError, type PollView, type RoleView } from "@onstage/client";
import { describe, expect, test } from "vitest";
import { formatWait } from "../src/chat/formatWait.js";
import { isReadable } from "../src/chat/isReadable.js";
import { inWords } from "../src/followEnd.js";
import { isFinal } from "../src/isFinal.js";
import { grantableRoles } from "../src/people/grantableRoles.js";
import { openQuestions } from "../src/polls/openQuestions.js";
import { shareOf } from "../src/polls/shareOf.js";

function role(change: Partial<RoleView>): RoleView {
  return {
    level: "stage",
    publish: {},
    subscribe_to: null,
    permissions: [],
    priority: 5,
    max_participants: null,
    state_keys: [],
    ...change,
  };
}

describe("the roles that are offered", () => {
  const roles = {
    host: role({ priority: 1, permissions: ["room.end"] }),
    moderator: role({ priority: 3, permissions: ["message.pin", "room.end"] }),
    guest: role({ permissions: ["message.send"] }),
    viewer: role({ level: "viewer", priority: 9 }),
  };

  test("are those on the stage, in the template's order", () => {
    const me = { priority: 1, permissions: ["room.end", "message.pin", "message.send"] as const };
    expect(grantableRoles(roles, me)).toEqual(["host", "moderator", "guest"]);
  });

  test("rank no higher than I do, and hold nothing that I don't", () => {
    expect(grantableRoles(roles, { priority: 3, permissions: ["message.pin", "message.send"] })).toEqual([
      "guest",
    ]);
  });
});

describe("of a poll", () => {
  test("the questions that I have answered are not asked again", () => {
    const poll = { questions: [{}, {}, {}] } as unknown as PollView;
    const vote = { poll_id: "poll_1", answers: [{ question: 1, options: [0], text: null }] };
    expect(openQuestions(poll, undefined)).toEqual([0, 1, 2]);
    expect(openQuestions(poll, vote)).toEqual([0, 2]);
  });

  test("a share is of those who answered, and nothing before anybody has", () => {
    expect(shareOf(1, 4)).toBe(0.25);
    expect(shareOf(0, 0)).toBe(0);
  });
});

test("a message of nothing that can be seen is no message", () => {
  for (const text of ["", "  ", "\u200b", " \u00a0\n\ufeff", "\u2060\u3164\u2800", "\ufe0f\u200d"]) {
    expect(isReadable(text)).toBe(false);
  }
  for (const text of ["a", "…", "👍🏽", "🫨", "\u200bب", " 1 "]) {
    expect(isReadable(text)).toBe(true);
  }
});

test("a wait is told in seconds, and in minutes from one on", () => {
  expect(formatWait(1)).toBe("1 s");
  expect(formatWait(60)).toBe("1 min");
  expect(formatWait(125)).toBe("2 min 5 s");
});

test("why it ended is told in the host's words, or in ours for the server's", () => {
  expect(inWords("See you next week")).toBe("See you next week");
  expect(inWords("max_duration")).toBe("It had lasted as long as it may.");
  expect(inWords("ended")).toBeNull();
  expect(inWords(null)).toBeNull();
});

test("joining again is offered where it can help", () => {
  const error = (code: string): OnstageError => OnstageError.bye(code, "");
  expect(["session_ended", "replaced", "identity_connected", "room_full"].map(error).some(isFinal)).toBe(
    false,
  );
  expect(["participant_removed", "participant_banned", "token_revoked"].map(error).every(isFinal)).toBe(true);
});
