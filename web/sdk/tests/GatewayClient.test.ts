import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { FINAL_BYES } from "../src/byes.js";
import type { GatewayEvent } from "../src/frames.js";
import { GatewayClient, type Socket } from "../src/GatewayClient.js";
import { OnstageError } from "../src/OnstageError.js";
import type { SnapshotView } from "../src/protocol.js";
import { FakeClock } from "./support/FakeClock.js";
import { ScriptedGateway } from "./support/ScriptedGateway.js";
import { until } from "./support/until.js";
import { event, message, problem, snapshot } from "./support/views.js";

const LONGEST_BACKOFF_MS = 8_000;

let server: ScriptedGateway;
let clock: FakeClock;
let client: GatewayClient;
let events: GatewayEvent[];
let snapshots: SnapshotView[];
let rejoins: number;
let rejoin: () => Promise<void>;
let closings: (OnstageError | null)[];

beforeEach(async () => {
  server = await ScriptedGateway.start();
  clock = new FakeClock();
  events = [];
  snapshots = [];
  closings = [];
  rejoins = 0;
  rejoin = () => Promise.resolve();
  client = new GatewayClient(server.url, "the token", {
    rejoin: () => {
      rejoins += 1;
      return rejoin();
    },
    clock,
    random: () => 1,
    openSocket: (url) => new WebSocket(url) as unknown as Socket,
  });
  client.on("event", (one) => events.push(one));
  client.on("snapshot", (one) => snapshots.push(one));
  client.on("closed", (error) => closings.push(error));
});

afterEach(async () => {
  client.close();
  await server.stop();
});

/** Opens the client and welcomes it at `seq`. */
async function welcomed(seq = 0): Promise<void> {
  client.open();
  await server.hello(0);
  server.send(0, { type: "welcome", connection_id: "pa_me.1", seq, snapshot: snapshot() });
  await until(() => client.status === "connected");
}

/** Lets the client come back after a cut; the answer is its hello. */
async function comeBack(index: number): Promise<Awaited<ReturnType<ScriptedGateway["hello"]>>> {
  await until(() => client.status === "reconnecting");
  clock.advance(LONGEST_BACKOFF_MS);
  return server.hello(index);
}

const seqs = (): (number | null)[] => events.map(({ seq }) => seq);

describe("a connection", () => {
  test("begins with a hello that has the token and no resume, and is welcomed with a snapshot", async () => {
    await welcomed(7);
    expect(await server.hello(0)).toEqual({ type: "hello", token: "the token" });
    expect(snapshots).toHaveLength(1);
    expect(client.seq).toBe(7);
    expect(client.connectionId).toBe("pa_me.1");
  });

  test("answers pings", async () => {
    await welcomed();
    server.send(0, { type: "ping" });
    expect(await server.requests(0, 1)).toEqual([{ type: "pong" }]);
  });

  test("tells ephemeral events without counting them", async () => {
    await welcomed(3);
    server.send(0, { type: "event", ...event("speakers.changed", { participant_ids: [] }) });
    server.send(0, { type: "event", ...message(4, 3) });
    await until(() => events.length === 2);
    expect(seqs()).toEqual([null, 4]);
  });

  test("tells that chat was dropped, and from where to page", async () => {
    const drops: unknown[] = [];
    client.on("dropped", (dropped) => drops.push(dropped));
    await welcomed(3);
    server.send(0, { type: "dropped", count: 2, after_seq: 3 });
    server.send(0, { type: "event", ...message(6, 3) });
    await until(() => events.length === 1);
    expect(drops).toEqual([{ type: "dropped", count: 2, after_seq: 3 }]);
    expect(client.status).toBe("connected");
  });

  test("is given up when it stays silent, and resumed", async () => {
    await welcomed(5);
    clock.advance(40_000);
    expect((await comeBack(1)).resume).toEqual({ connection_id: "pa_me.1", seq: 5 });
  });

  test("is given up when no welcome comes", async () => {
    client.open();
    await server.hello(0);
    clock.advance(10_000);
    expect((await comeBack(1)).resume).toBeUndefined();
  });

  test("makes no timer once it is closed", async () => {
    await welcomed();
    client.close();
    expect(clock.pending).toBe(0);
    expect(closings).toEqual([null]);
  });
});

describe("a cut", () => {
  // Numbers with holes, as this participant does not hear of everything; two frames are gathered ones.
  const log = [message(2, 1), message(3, 2), message(7, 3), message(8, 7), message(12, 8), message(13, 12)];
  const frames = [
    { type: "event", ...log[0] },
    { type: "events", events: log.slice(1, 4) },
    { type: "event", ...log[4] },
    { type: "event", ...log[5] },
  ];

  test.each([0, 1, 2, 3, 4])("after %i frames loses nothing and repeats nothing", async (sent) => {
    await welcomed(1);
    frames.slice(0, sent).forEach((frame) => server.send(0, frame));
    server.cut(0);
    const { resume } = await comeBack(1);
    server.send(1, { type: "resumed", connection_id: "pa_me.2", seq: resume?.seq });
    const missed = log.filter(({ seq }) => (seq ?? 0) > (resume?.seq ?? 0));
    missed.forEach((one) => server.send(1, { type: "event", ...one }));
    await until(() => client.seq === 13);
    expect(seqs()).toEqual([2, 3, 7, 8, 12, 13]);
    expect(snapshots).toHaveLength(1);
  });

  test("that comes before the welcome is followed by a fresh hello", async () => {
    client.open();
    await server.hello(0);
    server.cut(0);
    expect((await comeBack(1)).resume).toBeUndefined();
  });

  test("that cannot be resumed starts over with the new snapshot", async () => {
    await welcomed(1);
    server.cut(0);
    await comeBack(1);
    server.send(1, { type: "welcome", connection_id: "pa_me.2", seq: 40, snapshot: snapshot() });
    await until(() => snapshots.length === 2);
    expect(client.seq).toBe(40);
  });

  test("right after a resume is resumed with the new connection's id", async () => {
    await welcomed(1);
    server.cut(0);
    await comeBack(1);
    server.send(1, { type: "resumed", connection_id: "pa_me.2", seq: 1 });
    await until(() => client.status === "connected");
    server.cut(1);
    expect((await comeBack(2)).resume).toEqual({ connection_id: "pa_me.2", seq: 1 });
  });

  test("is waited out with doubling delays, and the first delay again after a success", async () => {
    await welcomed();
    server.cut(0);
    await until(() => clock.nextInMs === 250);
    clock.advance(250);
    await server.hello(1);
    server.cut(1);
    await until(() => clock.nextInMs === 500);
    clock.advance(500);
    await server.hello(2);
    server.send(2, { type: "resumed", connection_id: "pa_me.2", seq: 0 });
    await until(() => client.status === "connected");
    server.cut(2);
    await until(() => clock.nextInMs === 250);
  });

  test("is not waited out when the network is known to be back", async () => {
    await welcomed();
    server.cut(0);
    await until(() => client.status === "reconnecting");
    client.hurry();
    await server.hello(1);
  });
});

describe("the sequence", () => {
  test("drops what was told already", async () => {
    await welcomed(1);
    [message(2, 1), message(2, 1), message(3, 2)].forEach((one) => server.send(0, { type: "event", ...one }));
    await until(() => client.seq === 3);
    expect(seqs()).toEqual([2, 3]);
  });

  test("never skips: a gap leads to a resume from the last event told", async () => {
    await welcomed(1);
    server.send(0, { type: "events", events: [message(2, 1), message(5, 4), message(6, 5)] });
    expect((await comeBack(1)).resume).toEqual({ connection_id: "pa_me.1", seq: 2 });
    expect(seqs()).toEqual([2]);
  });

  test("asks for a snapshot when a resume does not close the gap", async () => {
    await welcomed(1);
    server.send(0, { type: "event", ...message(5, 4) });
    await comeBack(1);
    server.send(1, { type: "resumed", connection_id: "pa_me.2", seq: 1 });
    await until(() => client.status === "connected");
    server.send(1, { type: "event", ...message(5, 4) });
    const { resume } = await comeBack(2);
    expect(resume?.seq).toBeGreaterThan(5); // where the room never was, so that there is nothing to resume
    expect(resume?.connection_id).toBe("pa_me.2"); // and still known to a room that lets nobody in twice
    server.send(2, { type: "welcome", connection_id: "pa_me.3", seq: 6, snapshot: snapshot() });
    await until(() => snapshots.length === 2);
    server.cut(2);
    expect((await comeBack(3)).resume).toEqual({ connection_id: "pa_me.3", seq: 6 });
  });

  test("survives what is no frame at all by a resume", async () => {
    await welcomed(1);
    server.sockets[0]?.send("<html>");
    expect((await comeBack(1)).resume).toEqual({ connection_id: "pa_me.1", seq: 1 });
  });
});

describe("a bye", () => {
  test.each([...Object.keys(FINAL_BYES), "of_a_newer_server"])("of %s is the end", async (code) => {
    await welcomed();
    server.send(0, { type: "bye", code, detail: "so it is" });
    await until(() => client.status === "closed");
    expect(closings).toMatchObject([{ code, detail: "so it is" }]);
    expect(closings[0]?.title).toMatch(/\.$/u);
    expect(clock.pending).toBe(0);
  });

  test.each([
    "rate_limited",
    "too_slow",
    "protocol_error",
    "store_unavailable",
    "server_stopping",
    "internal",
  ])("of %s is followed by a resume", async (code) => {
    await welcomed(4);
    server.send(0, { type: "bye", code, detail: "" });
    expect((await comeBack(1)).resume).toEqual({ connection_id: "pa_me.1", seq: 4 });
  });
});

describe("somebody away for so long that they were taken as gone", () => {
  /** Cut off, and told at the next hello that they have left. */
  async function shutOut(): Promise<void> {
    await welcomed(4);
    server.cut(0);
    await comeBack(1);
    server.send(1, { type: "bye", code: "participant_left", detail: "" });
  }

  test("joins again and connects", async () => {
    await shutOut();
    await server.hello(2);
    expect(rejoins).toBe(1);
    server.send(2, { type: "welcome", connection_id: "pa_me.3", seq: 9, snapshot: snapshot() });
    await until(() => client.status === "connected");
    expect(closings).toEqual([]);
  });

  test("is told when the server does not let them in", async () => {
    rejoin = () => Promise.reject(OnstageError.problem(problem("room_locked", 409)));
    await shutOut();
    await until(() => client.status === "closed");
    expect(closings).toMatchObject([{ code: "room_locked" }]);
  });

  test("waits for as long as the server wants when it has too much to do", async () => {
    rejoin = () => Promise.reject(OnstageError.problem(problem("rate_limited", 429, 20)));
    await shutOut();
    await until(() => clock.nextInMs === 20_000);
    expect(closings).toEqual([]);
  });

  test("goes on trying when the server cannot be reached", async () => {
    rejoin = () => Promise.reject(OnstageError.client("server_unreachable"));
    await shutOut();
    await until(() => rejoins === 1 && clock.nextInMs !== null);
    clock.advance(LONGEST_BACKOFF_MS);
    await server.hello(2);
  });
});

describe("a request", () => {
  test("is answered with the reply's data", async () => {
    await welcomed();
    const sent = client.request("message.send", { text: "hello" });
    const [request] = await server.requests(0, 1);
    expect(request).toMatchObject({ type: "request", name: "message.send", data: { text: "hello" } });
    server.send(0, { type: "reply", id: request?.id, ok: true, data: { message: { id: "msg_1" } } });
    expect(await sent).toEqual({ message: { id: "msg_1" } });
  });

  test("is refused with the server's code and fix", async () => {
    await welcomed();
    const sent = client.request("participant.promote", { participant: "pa_1" });
    const [request] = await server.requests(0, 1);
    server.send(0, { type: "reply", id: request?.id, ok: false, error: problem("stage_full", 409) });
    await expect(sent).rejects.toMatchObject({
      code: "stage_full",
      status: 409,
      fix: "Do something.",
      retryAfterS: null,
    });
  });

  test.each(["rate_limited", "slow_mode", "sending_too_fast"] as const)(
    "that comes too soon says when it may be made again: %s",
    async (code) => {
      await welcomed();
      const sent = client.request("message.send", { text: "again" });
      const [request] = await server.requests(0, 1);
      server.send(0, { type: "reply", id: request?.id, ok: false, error: problem(code, 429, 7) });
      await expect(sent).rejects.toMatchObject({ code, status: 429, retryAfterS: 7, isPassing: true });
    },
  );

  test("fails when no answer comes in time, and a late one is dropped", async () => {
    await welcomed();
    const sent = client.request("hand.raise", {});
    const [request] = await server.requests(0, 1);
    clock.advance(10_000);
    await expect(sent).rejects.toMatchObject({ code: "request_timeout" });
    server.send(0, { type: "reply", id: request?.id, ok: true, data: {} });
    server.send(0, { type: "event", ...message(1, 0) });
    await until(() => events.length === 1);
  });

  test("is given up by its signal", async () => {
    await welcomed();
    const giving = new AbortController();
    const sent = client.request("hand.raise", {}, { signal: giving.signal });
    giving.abort();
    await expect(sent).rejects.toMatchObject({ code: "aborted" });
  });

  test("fails when the connection breaks, as nobody knows whether it was done", async () => {
    await welcomed();
    const sent = client.request("hand.raise", {});
    await server.requests(0, 1);
    server.cut(0);
    await expect(sent).rejects.toMatchObject({ code: "connection_lost" });
  });

  test("made during a cut is sent after it", async () => {
    await welcomed();
    server.cut(0);
    await until(() => client.status === "reconnecting");
    const sent = client.request("hand.raise", {}, { timeoutMs: 60_000 });
    await comeBack(1);
    server.send(1, { type: "resumed", connection_id: "pa_me.2", seq: 0 });
    const [request] = await server.requests(1, 1);
    server.send(1, { type: "reply", id: request?.id, ok: true, data: {} });
    await sent;
  });

  test("that timed out during a cut is never sent", async () => {
    await welcomed();
    server.cut(0);
    await until(() => client.status === "reconnecting");
    const sent = client.request("hand.raise", {}, { timeoutMs: 100 });
    const failed = expect(sent).rejects.toMatchObject({ code: "request_timeout" });
    await comeBack(1);
    await failed;
    server.send(1, { type: "resumed", connection_id: "pa_me.2", seq: 0 });
    server.send(1, { type: "ping" });
    expect(await server.requests(1, 1)).toEqual([{ type: "pong" }]);
  });

  test("fails at once on a closed client", async () => {
    await welcomed();
    client.close();
    await expect(client.request("hand.raise", {})).rejects.toMatchObject({ code: "session_closed" });
  });
});
