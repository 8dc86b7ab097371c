import { beforeEach, expect, test } from "vitest";
import type { EngineAccess } from "../src/joinRoom.js";
import { OnstageError } from "../src/OnstageError.js";
import type { PublishChoice } from "../src/options.js";
import type { Level, ParticipantView } from "../src/protocol.js";
import { StageFollower, type SteeredStage } from "../src/StageFollower.js";
import { FakeClock } from "./support/FakeClock.js";
import { settle, until } from "./support/until.js";
import { participant } from "./support/views.js";

const ACCESS: EngineAccess = { url: "wss://live.example.org", token: "engine token" };

/** Writes down what it is told to do. */
class FakeStage implements SteeredStage {
  readonly calls: string[] = [];
  entering: () => Promise<void> = () => Promise.resolve();
  publishing: () => Promise<void> = () => Promise.resolve();

  async enter(access: Promise<EngineAccess>, choice: PublishChoice | null): Promise<void> {
    this.calls.push(`enter ${describeChoice(choice)}`);
    await access;
    await this.entering();
  }

  leave(): Promise<void> {
    this.calls.push("leave");
    return Promise.resolve();
  }

  async publish(choice: PublishChoice): Promise<void> {
    this.calls.push(`publish ${describeChoice(choice)}`);
    await this.publishing();
  }

  unpublish(): Promise<void> {
    this.calls.push("unpublish");
    return Promise.resolve();
  }
}

const describeChoice = (choice: PublishChoice | null): string =>
  choice ? `camera=${choice.camera} microphone=${choice.microphone}` : "to receive";

const me = (level: Level, change: Partial<ParticipantView> = {}): ParticipantView =>
  participant("me", { level, ...change });

let stage: FakeStage;
let clock: FakeClock;
let failures: OnstageError[];
let access: EngineAccess | null;
let follower: StageFollower;

beforeEach(() => {
  stage = new FakeStage();
  clock = new FakeClock();
  failures = [];
  access = ACCESS;
  follower = new StageFollower({
    stage,
    clock,
    random: () => 1,
    fetchAccess: () => Promise.resolve(access),
    onFailed: (error) => failures.push(error),
    publish: { camera: true, microphone: true },
  });
});

test("a viewer has no stage connection", async () => {
  follower.follow(me("viewer"));
  await settle();
  expect(stage.calls).toEqual([]);
});

test("a promotion enters and sends, a demotion leaves", async () => {
  follower.follow(me("stage"));
  await until(() => stage.calls.length === 1);
  follower.follow(me("viewer"));
  await until(() => stage.calls.length === 2);
  expect(stage.calls).toEqual(["enter camera=true microphone=true", "leave"]);
});

test("the audience receives; on stage and back it keeps the connection", async () => {
  follower.follow(me("audience"));
  await until(() => stage.calls.length === 1);
  await settle();
  follower.follow(me("stage"));
  await until(() => stage.calls.length === 2);
  await settle();
  follower.follow(me("audience"));
  await until(() => stage.calls.length === 3);
  expect(stage.calls).toEqual(["enter to receive", "publish camera=true microphone=true", "unpublish"]);
});

test("an engine that does not grant on the same connection is entered afresh", async () => {
  stage.publishing = () => Promise.reject(OnstageError.client("stage_unreachable"));
  follower.follow(me("audience"));
  await until(() => stage.calls.length === 1);
  await settle();
  follower.follow(me("stage"));
  await until(() => stage.calls.length === 4);
  expect(stage.calls.slice(2)).toEqual(["leave", "enter camera=true microphone=true"]);
  expect(failures).toEqual([]);
});

test("only what the promotion allows, and wants on, is sent", async () => {
  follower.follow(me("stage", { sources: ["camera", "microphone"], join_video_muted: true }));
  await until(() => stage.calls.length === 1);
  follower.follow(me("viewer"));
  await until(() => stage.calls.length === 2);
  await settle();
  follower.follow(me("stage", { sources: ["camera"] }));
  await until(() => stage.calls.length === 3);
  expect(stage.calls[0]).toBe("enter camera=false microphone=true");
  expect(stage.calls[2]).toBe("enter camera=true microphone=false");
});

test("a stage that cannot be reached is told and tried again with a delay", async () => {
  stage.entering = () => Promise.reject(OnstageError.client("stage_unreachable"));
  follower.follow(me("stage"));
  await until(() => failures.length === 1);
  expect(clock.nextInMs).toBe(500);
  stage.entering = () => Promise.resolve();
  clock.advance(500);
  await until(() => stage.calls.length === 2);
});

test("a change of level does not wait for that delay", async () => {
  access = null;
  follower.follow(me("stage"));
  await until(() => failures.length === 1);
  follower.follow(me("viewer"));
  await until(() => clock.pending === 0);
  expect(stage.calls).toEqual(["enter camera=true microphone=true"]);
});

test("a demotion while entering is caught up with", async () => {
  let arrive = (): void => undefined;
  stage.entering = () => new Promise((resolve) => (arrive = resolve));
  follower.follow(me("stage"));
  await until(() => stage.calls.length === 1);
  await settle();
  follower.follow(me("viewer"));
  arrive();
  await until(() => stage.calls.length === 2);
  expect(stage.calls[1]).toBe("leave");
});

test("a lost connection is made again, with what was being sent, whatever the promotion began with", async () => {
  follower.follow(me("stage", { join_video_muted: true }));
  await until(() => stage.calls.length === 1);
  await settle();
  follower.lost({ camera: true, microphone: false });
  await until(() => stage.calls.length === 2);
  expect(stage.calls[1]).toBe("enter camera=true microphone=false");
});

test("whoever is removed leaves the stage", async () => {
  follower.follow(me("stage"));
  await until(() => stage.calls.length === 1);
  await settle();
  follower.follow(me("stage", { presence: "removed" }));
  await until(() => stage.calls.length === 2);
  expect(stage.calls[1]).toBe("leave");
});
