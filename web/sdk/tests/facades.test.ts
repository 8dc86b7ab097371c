import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { Broadcasts } from "../src/Broadcasts.js";
import { Media } from "../src/Media.js";
import { Chat } from "../src/Chat.js";
import { CustomEvents } from "../src/CustomEvents.js";
import { GatewayClient, type Socket } from "../src/GatewayClient.js";
import type { BroadcastView, RequestMap } from "../src/index.js";
import { People } from "../src/People.js";
import { Polls } from "../src/Polls.js";
import { Reactions } from "../src/Reactions.js";
import type { Ask } from "../src/requests.js";
import { RoomApi } from "../src/RoomApi.js";
import { roomLink } from "../src/roomLink.js";
import { SharedState } from "../src/SharedState.js";
import { ScriptedGateway } from "./support/ScriptedGateway.js";
import { ScriptedRest } from "./support/ScriptedRest.js";
import { until } from "./support/until.js";
import { AT, OUTPUT, broadcast, messageView, participant, problem, snapshot } from "./support/views.js";

let server: ScriptedGateway;
let rest: ScriptedRest;
let client: GatewayClient;
let ask: Ask;
let api: RoomApi;

beforeEach(async () => {
  server = await ScriptedGateway.start();
  rest = await ScriptedRest.start();
  client = new GatewayClient(server.url, "the token", {
    openSocket: (url) => new WebSocket(url) as unknown as Socket,
  });
  ask = (name, data, options) => client.request(name, data, options);
  api = new RoomApi(rest.url, "rm_1", "the token");
  client.open();
  await server.hello(0);
  server.send(0, { type: "welcome", connection_id: "pa_me.1", seq: 0, snapshot: snapshot() });
  await until(() => client.status === "connected");
});

afterEach(async () => {
  client.close();
  await server.stop();
  await rest.stop();
});

/** What goes over the wire for `call`, and what it makes of `reply`. */
async function exchange(
  call: () => Promise<unknown>,
  reply: RequestMap[keyof RequestMap]["reply"],
): Promise<{ name: string; data: unknown; result: unknown }> {
  const answered = call();
  const [request] = await server.requests(0, 1);
  server.send(0, { type: "reply", id: request?.id, ok: true, data: reply });
  const { name, data } = request as unknown as { name: string; data: unknown };
  return { name, data, result: await answered };
}

const vic = participant("vic");

describe("people", () => {
  const people = (): People => new People(ask, api);
  const cases: [string, () => Promise<unknown>, string, object][] = [
    [
      "are promoted with all that a promotion gives",
      () => people().promote("vic", { role: "guest", mediaAllowed: "audio-only", joinAudioMuted: true }),
      "participant.promote",
      { participant: "vic", role: "guest", media_allowed: "audio-only", join_audio_muted: true },
    ],
    ["are sent back", () => people().demote("vic"), "participant.demote", { participant: "vic" }],
    [
      "are sent to a role of the seats",
      () => people().demote("vic", "audience"),
      "participant.demote",
      { participant: "vic", role: "audience" },
    ],
    [
      "get another role",
      () => people().setRole("vic", "host", { force: true, expiresInS: 30 }),
      "participant.set_role",
      { participant: "vic", role: "host", force: true, expires_in_s: 30 },
    ],
    [
      "are muted one by one",
      () => people().mute("vic"),
      "participant.mute",
      { participant: "vic", source: "microphone" },
    ],
    [
      "are asked to unmute",
      () => people().requestUnmute("vic", "camera"),
      "participant.request_unmute",
      { participant: "vic", source: "camera" },
    ],
    [
      "lose the right to chat and get it back",
      () => people().muteChat("vic", false),
      "participant.mute_chat",
      { participant: "vic", muted: false },
    ],
    [
      "are removed, and told why",
      () => people().remove("vic", "spam"),
      "participant.remove",
      { participant: "vic", reason: "spam" },
    ],
    [
      "are renamed",
      () => people().update("vic", { name: "Victoria", attributes: { myTeam: "red" } }),
      "participant.update",
      { participant: "vic", name: "Victoria", attributes: { myTeam: "red" } },
    ],
  ];

  test.each(cases)("%s", async (_, call, name, data) => {
    expect(await exchange(call, { participant: vic })).toMatchObject({ name, data });
  });

  test("are muted all at once, except for some", async () => {
    const call = (): Promise<unknown> =>
      people().muteAll({ role: "guest", source: "microphone", except: ["ann"] });
    expect(await exchange(call, { muted: ["pa_vic"] })).toEqual({
      name: "participant.mute",
      data: { role: "guest", source: "microphone", except: ["ann"] },
      result: ["pa_vic"],
    });
  });

  test("are banned under any identity", async () => {
    const ban = {
      identity: "vic",
      room_id: "rm_1",
      reason: null,
      banned_by: null,
      created_at: AT,
      expires_at: AT,
    };
    const call = (): Promise<unknown> => people().ban({ identity: "vic", expiresInS: 60 });
    expect(await exchange(call, { ban, participant: null })).toMatchObject({
      name: "participant.ban",
      data: { identity: "vic", expires_in_s: 60 },
      result: { ban },
    });
  });

  test("are let in again", async () => {
    const call = (): Promise<unknown> => people().unban("vic");
    expect(await exchange(call, { identity: "vic", ban: null })).toMatchObject({
      name: "participant.unban",
      data: { identity: "vic" },
    });
  });

  test("are listed page by page, viewers too", async () => {
    rest.answer = { status: 200, body: { data: [vic], next_cursor: "pa_vic" } };
    const page = await people().list({ level: "viewer", nameContains: "Vi", cursor: "pa_1" });
    expect(page).toEqual({ data: [vic], next_cursor: "pa_vic" });
    expect(rest.calls).toMatchObject([
      {
        method: "GET",
        path: "/v1/rooms/rm_1/participants",
        query: { level: "viewer", name_contains: "Vi", cursor: "pa_1" },
        authorization: "Bearer the token",
      },
    ]);
  });
});

describe("chat", () => {
  const chat = (): Chat => new Chat(ask, api);

  test("goes to everybody, to roles or to one", async () => {
    const metadata = { replyTo: "msg_1" };
    const call = (): Promise<unknown> => chat().send("Hello", { toRoles: ["host"], metadata });
    expect(await exchange(call, { message: messageView(1) })).toEqual({
      name: "message.send",
      data: { text: "Hello", to_roles: ["host"], metadata },
      result: messageView(1),
    });
  });

  test.each(["delete", "pin", "unpin"] as const)("is moderated: %s", async (verb) => {
    const call = (): Promise<unknown> => chat()[verb]("msg_1");
    expect(await exchange(call, { message: messageView(1) })).toEqual({
      name: `message.${verb}`,
      data: { message: "msg_1" },
      result: messageView(1),
    });
  });

  test("is read both ways", async () => {
    rest.answer = { status: 200, body: { data: [messageView(3)], next_cursor: null } };
    expect((await chat().before("msg_4", { limit: 20 })).data).toEqual([messageView(3)]);
    await chat().after("msg_4", { pinned: true, type: "chat" });
    await chat().before();
    expect(rest.calls.map(({ path, query }) => ({ path, query }))).toEqual([
      { path: "/v1/rooms/rm_1/messages", query: { cursor: "msg_4", direction: "before", limit: "20" } },
      {
        path: "/v1/rooms/rm_1/messages",
        query: { cursor: "msg_4", direction: "after", pinned: "true", type: "chat" },
      },
      { path: "/v1/rooms/rm_1/messages", query: { direction: "before" } },
    ]);
  });
});

describe("polls", () => {
  const polls = (): Polls => new Polls(ask, api);

  test("are voted in", async () => {
    const answers = [{ question: 0, options: [1] }];
    const vote = { poll_id: "poll_1", answers: [{ question: 0, options: [1], text: null }] };
    const call = (): Promise<unknown> => polls().vote("poll_1", answers);
    expect(await exchange(call, vote)).toEqual({
      name: "poll.vote",
      data: { poll: "poll_1", answers },
      result: vote,
    });
  });

  test("are listed by state, and their results and leaders read", async () => {
    rest.answer = { status: 200, body: { data: [], next_cursor: null } };
    await polls().list({ status: "created", limit: 10 });
    await polls().results("poll_1");
    await polls().leaders("poll_1", { cursor: "3" });
    expect(rest.calls.map(({ path, query }) => ({ path, query }))).toEqual([
      { path: "/v1/rooms/rm_1/polls", query: { status: "created", limit: "10" } },
      { path: "/v1/rooms/rm_1/polls/poll_1/results", query: {} },
      { path: "/v1/rooms/rm_1/polls/poll_1/leaderboard", query: { cursor: "3" } },
    ]);
  });

  test("whose results are hidden are refused with the server's code", async () => {
    rest.answer = { status: 403, body: problem("poll_results_hidden", 403) };
    await expect(polls().results("poll_1")).rejects.toMatchObject({
      code: "poll_results_hidden",
      status: 403,
    });
  });
});

describe("shared state", () => {
  const entry = { key: "round", value: 1, version: 3, updated_by: null, updated_at: AT };
  const shared = (): SharedState => new SharedState(ask, () => snapshot({ state: [entry] }));

  test("is read from what is known here", () => {
    expect(shared().get("round")).toEqual(entry);
    expect(shared().get("score")).toBeNull();
  });

  test("is changed only if nobody else has changed it", async () => {
    const call = (): Promise<unknown> => shared().set("round", { stillMine: 2 }, { ifVersion: 3 });
    expect(await exchange(call, entry)).toEqual({
      name: "state.set",
      data: { key: "round", value: { stillMine: 2 }, if_version: 3 },
      result: entry,
    });
  });

  test("is taken away by null", async () => {
    const { data } = await exchange(() => shared().remove("round"), entry);
    expect(data).toEqual({ key: "round", value: null });
  });
});

test("a reaction is sent", async () => {
  const { name, data } = await exchange(() => new Reactions(ask).send("👏"), {
    reaction: "👏",
  });
  expect({ name, data }).toEqual({ name: "reaction.send", data: { reaction: "👏" } });
});

test("a custom event is sent, with the app's own names untouched", async () => {
  const call = (): Promise<unknown> =>
    new CustomEvents(ask).send("cursor", { xPos: 1 }, { toParticipants: ["vic"] });
  const { name, data } = await exchange(call, { seq: 4, sent_at: AT });
  expect({ name, data }).toEqual({
    name: "custom.send",
    data: { type: "cursor", data: { xPos: 1 }, to_participants: ["vic"] },
  });
});

test("the broadcast that runs is fed to one more target", async () => {
  const broadcasts = new Broadcasts(ask, api, () => snapshot({ broadcast: broadcast("live") }));
  const target = { type: "rtmp", url: "rtmps://live.example.com/app", stream_key: "a-key" } as const;
  expect(await exchange(() => broadcasts.addOutput(target), OUTPUT)).toEqual({
    name: "output.add",
    data: { broadcast: "bc_1", ...target },
    result: OUTPUT,
  });
});

test("the recording that grows is paused", async () => {
  const running = { ...broadcast("live"), outputs: [OUTPUT, { ...OUTPUT, recording_id: "rec_1" }] };
  const broadcasts = new Broadcasts(ask, api, () => snapshot({ broadcast: running }));
  const { name, data } = await exchange(() => broadcasts.pauseRecording(), OUTPUT);
  expect({ name, data }).toEqual({ name: "recording.pause", data: { recording: "rec_1" } });
});

test("a recording is resumed by its id", async () => {
  const broadcasts = new Broadcasts(ask, api, () => snapshot({ broadcast: broadcast("live") }));
  const { name, data } = await exchange(() => broadcasts.resumeRecording("rec_0"), OUTPUT);
  expect({ name, data }).toEqual({ name: "recording.resume", data: { recording: "rec_0" } });
});

test("the broadcast that runs is fed to one target less", async () => {
  const broadcasts = new Broadcasts(ask, api, () => snapshot({ broadcast: broadcast("live") }));
  const { name, data } = await exchange(() => broadcasts.removeOutput("out_1"), OUTPUT);
  expect({ name, data }).toEqual({ name: "output.remove", data: { broadcast: "bc_1", output: "out_1" } });
});

test("the broadcast that runs is changed and stopped", async () => {
  const running: BroadcastView = broadcast("live");
  const broadcasts = new Broadcasts(ask, api, () => snapshot({ broadcast: running }));
  const { data } = await exchange(() => broadcasts.update({ layout: "spotlight" }), running);
  expect(data).toEqual({ broadcast: "bc_1", layout: { name: "spotlight" } });
});

test("the mix of the show leaves out whom it is told to", async () => {
  const broadcasts = new Broadcasts(ask, api, () => snapshot({ broadcast: broadcast("live") }));
  const { data } = await exchange(() => broadcasts.update({ mix: { muted: ["gus"] } }), broadcast("live"));
  expect(data).toEqual({ broadcast: "bc_1", mix: { muted: ["gus"] } });
});

test("what the show marks on its timeline is changed while it runs", async () => {
  const broadcasts = new Broadcasts(ask, api, () => snapshot({ broadcast: broadcast("live") }));
  const { data } = await exchange(() => broadcasts.update({ marks: ["poll"] }), broadcast("live"));
  expect(data).toEqual({ broadcast: "bc_1", marks: ["poll"] });
});

test("of several broadcasts another than the newest is stopped by its id", async () => {
  const broadcasts = new Broadcasts(ask, api, () => snapshot({ broadcast: broadcast("live") }));
  const { data } = await exchange(() => broadcasts.stop({ broadcast: "bc_2" }), broadcast("live"));
  expect(data).toEqual({ broadcast: "bc_2" });
});

describe("media", () => {
  const media = (): Media => new Media(ask, api, () => snapshot({ broadcast: broadcast("live") }));
  const plays: [string, () => Promise<unknown>, string, object][] = [
    [
      "is played",
      () => media().play({ url: "https://a.example/b.mp4", shownAs: "full" }),
      "media.play",
      { broadcast: "bc_1", url: "https://a.example/b.mp4", shown_as: "full" },
    ],
    [
      "is changed",
      () => media().update("plb_1", { volumePercent: 40, isPaused: true }),
      "media.update",
      { broadcast: "bc_1", playback: "plb_1", volume_percent: 40, is_paused: true },
    ],
    [
      "stands still",
      () => media().pause("plb_1"),
      "media.update",
      { broadcast: "bc_1", playback: "plb_1", is_paused: true },
    ],
    [
      "plays on",
      () => media().resume("plb_1"),
      "media.update",
      { broadcast: "bc_1", playback: "plb_1", is_paused: false },
    ],
    [
      "goes elsewhere",
      () => media().seek("plb_1", 90_000),
      "media.update",
      { broadcast: "bc_1", playback: "plb_1", position_ms: 90_000 },
    ],
    [
      "gets softer",
      () => media().setVolume("plb_1", 50),
      "media.update",
      { broadcast: "bc_1", playback: "plb_1", volume_percent: 50 },
    ],
    ["is stopped", () => media().stop("plb_1"), "media.stop", { broadcast: "bc_1", playback: "plb_1" }],
  ];
  test.each(plays)("%s in the broadcast that runs", async (_, call, name, data) => {
    expect(await exchange(call, broadcast("live"))).toMatchObject({ name, data });
  });

  test("is uploaded as it is", async () => {
    rest.answer = { status: 201, body: { media_id: "med_1" } };
    const file = new Blob(["{}"], { type: "video/mp4" });
    expect(await media().upload(file, "Intro")).toEqual({ media_id: "med_1" });
    expect(rest.calls.at(-1)).toMatchObject({ method: "POST" });
  });
});

test("a room's link is the one there is, else a new one", async () => {
  rest.answer = { status: 200, body: { data: [{ role: "viewer", url: "/watch/a" }], next_cursor: null } };
  expect(await roomLink(api, "viewer")).toBe("/watch/a");
  rest.answer = { status: 201, body: { data: [], role: "guest", url: "/studio/b" } };
  expect(await roomLink(api, "guest")).toBe("/studio/b");
  expect(rest.calls.at(-1)).toMatchObject({ method: "POST", body: { role: "guest" } });
});
