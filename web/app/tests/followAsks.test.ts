import type { ParticipantView, SessionEventMap, TrackMuted } from "@onstage/client";
import { beforeEach, describe, expect, test } from "vitest";
import { followAsks, type Ask } from "../src/room/followAsks.js";
import { Emitter } from "../../sdk/src/Emitter.js";
import { participant, snapshot } from "../../sdk/tests/support/views.js";

const me = participant("me");
let events: Emitter<SessionEventMap>;
let shown: Ask | null;
let session: Parameters<typeof followAsks>[0];
let stop: () => void;

function become(change: Partial<ParticipantView>): void {
  const state = snapshot({ me: { ...me, ...change } });
  session = Object.assign(session, { state });
  events.emit("snapshot", state);
}

function toggled(source: "camera" | "microphone", id = me.id): TrackMuted {
  return { participant_id: id, track: { sid: "TR_1", source, muted: true } };
}

beforeEach(() => {
  events = new Emitter<SessionEventMap>();
  shown = null;
  session = { on: (name, listener) => events.on(name, listener), state: snapshot({ me }) };
  stop = followAsks(session, (ask) => (shown = ask));
  events.emit("participant.unmute_requested", { participant: me, source: "microphone", by: "pa_host" });
});

describe("the question whether I turn my microphone on", () => {
  test("stands while I can", () => {
    become({ name: "Me, renamed" });
    events.emit("track.muted", toggled("camera"));
    events.emit("track.muted", toggled("microphone", "pa_other"));
    expect(shown).toEqual({ source: "microphone", by: "pa_host" });
  });

  test.each([
    ["am demoted", { level: "viewer", sources: [] }],
    ["may not send it any more", { sources: ["camera"] }],
    ["have left", { presence: "left" }],
  ] as [string, Partial<ParticipantView>][])("is gone once I %s, and does not come back", (_how, change) => {
    become(change);
    expect(shown).toBeNull();
    become({});
    expect(shown).toBeNull();
  });

  test("is gone once it was turned on or off by hand", () => {
    events.emit("track.unmuted", toggled("microphone"));
    expect(shown).toBeNull();
    events.emit("participant.unmute_requested", { participant: me, source: "microphone", by: null });
    events.emit("track.muted", toggled("microphone"));
    expect(shown).toBeNull();
  });

  test("is gone once the session is over", () => {
    const { session: over } = snapshot();
    events.emit("session.ended", { session: over });
    expect(shown).toBeNull();
    events.emit("participant.unmute_requested", { participant: me, source: "camera", by: null });
    events.emit("closed", null);
    expect(shown).toBeNull();
  });

  test("is not told any more after the end", () => {
    stop();
    become({ level: "viewer" });
    expect(shown).not.toBeNull();
  });
});
