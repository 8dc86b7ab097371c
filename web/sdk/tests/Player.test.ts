import { beforeEach, describe, expect, test } from "vitest";
import { OnstageError } from "../src/OnstageError.js";
import { Player } from "../src/Player.js";
import { FakeEngine } from "./support/FakeEngine.js";
import { FakeClock } from "./support/FakeClock.js";
import { FakeVideo } from "./support/FakeVideo.js";
import { settle, until } from "./support/until.js";

const URL = "https://live.example.org/live/rm_1/index.m3u8";
const SHOW = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2500000\n/live/bc_1/720p/index.m3u8\n";
const SAME_SHOW = SHOW.replace("2500000", "2600000");
const NEXT_SHOW = SHOW.replace("bc_1", "bc_2");

let clock: FakeClock;
let video: FakeVideo;
let engines: FakeEngine[];
let asked: number;
let renewals: number;
let isExpected: boolean;
let dvrUrl: string | null;
/** What the server answers now. */
let answer: () => Response;

const notLive = (): Response => new Response("", { status: 404, headers: { "Retry-After": "3" } });
const refused = (): Response => new Response("", { status: 403 });
const live = (text: string) => (): Response => new Response(text);

function newPlayer(): Player {
  return new Player(URL, {
    clock,
    random: () => 0,
    isExpected: () => isExpected,
    renewUrl: () => {
      renewals += 1;
      return Promise.resolve(`${URL}?${renewals}`);
    },
    dvrUrl: () => dvrUrl,
    fetch: () => {
      asked += 1;
      return new Promise((resolve) => resolve(answer()));
    },
    createEngine: (_video, _options, report) => {
      const engine = new FakeEngine(report, clock);
      engines.push(engine);
      return Promise.resolve(engine);
    },
  });
}

const attached = (): Player => {
  const player = newPlayer();
  player.attach(video as unknown as HTMLVideoElement);
  return player;
};

const engine = (): FakeEngine => {
  const [first] = engines;
  if (!first) {
    throw new Error("no engine was made");
  }
  return first;
};

/** A player with a show on screen. */
async function playing(): Promise<Player> {
  answer = live(SHOW);
  const player = attached();
  await until(() => engines[0]?.calls.length === 1);
  video.fire("playing");
  return player;
}

beforeEach(() => {
  clock = new FakeClock();
  video = new FakeVideo();
  engines = [];
  asked = 0;
  renewals = 0;
  isExpected = true;
  dvrUrl = URL.replace("index", "dvr");
  answer = notLive;
});

describe("before the show", () => {
  test("the player looks again when the server says so, and loads nothing", async () => {
    const player = attached();
    await until(() => player.state === "waiting");
    expect(clock.nextInMs).toBe(3_000);
    expect(engines).toEqual([]);
    answer = live(SHOW);
    clock.advance(3_000);
    await until(() => engines.length === 1);
    expect(asked).toBe(2);
    expect(engine().calls).toEqual(["load"]);
  });

  test("it asks for nothing while there is no show, and at once when told of one", async () => {
    isExpected = false;
    const player = attached();
    await until(() => player.state === "waiting");
    player.check();
    await settle();
    expect(asked).toBe(0);
    expect(clock.pending).toBe(0);
    answer = live(SHOW);
    isExpected = true;
    dvrUrl = URL.replace("index", "dvr");
    player.check();
    await until(() => engines.length === 1);
    expect(asked).toBe(1);
  });

  test("it stops asking when a show that was about to be there does not come", async () => {
    const player = attached();
    await until(() => player.state === "waiting");
    isExpected = false;
    player.check();
    await settle();
    expect(asked).toBe(1);
    expect(clock.pending).toBe(0);
  });

  test("a server that cannot be reached is asked with doubling delays, and that is told", async () => {
    answer = () => {
      throw new TypeError("connection refused");
    };
    const player = attached();
    await until(() => !player.view.isServerReached);
    expect(clock.nextInMs).toBe(250);
    clock.advance(250);
    await until(() => clock.nextInMs === 500);
  });

  test("letting the element go ends the waiting", async () => {
    const player = attached();
    await until(() => player.state === "waiting");
    player.detach();
    await until(() => clock.pending === 0);
    expect(player.state).toBe("idle");
  });
});

describe("during the show", () => {
  test("latency is now less the date of the picture", async () => {
    expect((await playing()).latencyMs).toBe(1_700);
  });

  test("a network failure goes on with the same source once the server has the same show", async () => {
    const player = await playing();
    answer = () => {
      throw new TypeError("connection refused");
    };
    engine().report.onNetworkFailed();
    await until(() => !player.view.isServerReached);
    expect(player.state).toBe("playing"); // what is buffered plays on
    answer = live(SAME_SHOW);
    clock.advance(10_000);
    await until(() => engine().calls.length === 2);
    expect(engine().calls).toEqual(["load", "resume"]);
    expect(player.stats).toMatchObject({ loads: 1, recoveries: 1 });
  });

  test("a playback token that is good no more is replaced, and the same source goes on", async () => {
    const player = await playing();
    const answers = [refused, live(SHOW)];
    answer = () => (answers.shift() ?? live(SHOW))();
    engine().report.onNetworkFailed();
    await until(() => engine().calls.length === 3);
    expect(engine().calls).toEqual(["load", `move ${URL}?1`, "resume"]);
    expect(player.url).toBe(`${URL}?1`);
  });

  test("a refusal that hls.js goes on from brings another URL, and many bring one", async () => {
    await playing();
    engine().report.onRefused();
    engine().report.onRefused();
    await until(() => engine().calls.length === 2);
    engine().report.onRefused();
    await settle();
    expect(engine().calls).toEqual(["load", `move ${URL}?1`]);
    clock.advance(60_000);
    await settle();
    engine().report.onRefused();
    await until(() => renewals === 2);
  });

  test("a show that stays refused is asked for again after a while, not at once", async () => {
    const player = await playing();
    answer = refused;
    engine().report.onNetworkFailed();
    await until(() => asked === 3);
    await settle();
    expect([asked, renewals]).toEqual([3, 1]);
    clock.advance(60_000);
    await until(() => renewals === 2);
    expect(player.state).toBe("playing"); // what is buffered plays on
  });

  test("what is left of a show that has just ended is still loaded after a network failure", async () => {
    await playing();
    isExpected = false;
    engine().report.onNetworkFailed();
    await until(() => engine().calls.length === 2);
    expect(engine().calls).toEqual(["load", "resume"]);
  });

  test("failures that follow each other are taken slower", async () => {
    await playing();
    engine().report.onNetworkFailed();
    await until(() => engine().calls.length === 2);
    engine().report.onNetworkFailed();
    expect(clock.nextInMs).toBe(500);
  });

  test("another show under the same address is loaded", async () => {
    const player = await playing();
    answer = live(NEXT_SHOW);
    engine().report.onNetworkFailed();
    await until(() => engine().calls.length === 2);
    expect(engine().calls).toEqual(["load", "load"]);
    expect(player.stats.loads).toBe(2);
  });

  test("stalls are counted and timed; waiting for the first picture is none", async () => {
    answer = live(SHOW);
    const player = attached();
    await until(() => engines[0]?.calls.length === 1);
    video.fire("waiting");
    video.fire("playing");
    expect(player.stats.stalls).toBe(0);
    video.fire("waiting");
    expect(player.state).toBe("stalled");
    clock.advance(1_200);
    video.fire("playing");
    expect(player.stats).toMatchObject({ stalls: 1, stalledMs: 1_200, longestStallMs: 1_200 });
  });

  test("far behind, it jumps to the live edge, but not again and again", async () => {
    await playing();
    engine().behind = 30;
    video.fire("timeupdate");
    video.fire("timeupdate");
    expect(engine().calls).toEqual(["load", "seekToLive"]);
  });

  test("after a pause it goes on at the live edge", async () => {
    const player = await playing();
    video.paused = true;
    video.fire("pause");
    expect(player.state).toBe("paused");
    player.play();
    expect(engine().calls).toEqual(["load", "seekToLive"]);
  });

  test("what the browser cannot play is told", async () => {
    const player = await playing();
    engine().report.onFailed(OnstageError.client("playback_failed"));
    expect(player.view).toMatchObject({ state: "failed", error: { code: "playback_failed" } });
  });
});

test("sound waits for a click where the browser wants one", async () => {
  video.needsClick = true;
  answer = live(SHOW);
  const player = attached();
  await until(() => player.view.isMutedByBrowser);
  expect(video).toMatchObject({ muted: true, paused: false });
  player.setMuted(false);
  expect(video.muted).toBe(false);
  expect(player.view.isMutedByBrowser).toBe(false);
});

test("after the show nothing is asked for until there is another", async () => {
  const player = await playing();
  isExpected = false;
  video.fire("ended");
  await settle();
  expect(asked).toBe(1);
  expect(player.state).toBe("ended");
});

test("after the show the next one starts by itself, in the same element", async () => {
  const player = await playing();
  video.fire("ended");
  expect(player.state).toBe("ended");
  await until(() => clock.nextInMs !== null);
  expect(engine().calls).toEqual(["load"]); // the list of the show that is over is no reason to play it again
  answer = live(NEXT_SHOW);
  player.check();
  await until(() => engine().calls.length === 2);
  expect(engine().calls).toEqual(["load", "load"]);
  expect(player.video).toBe(video);
});

test("a detached player lets its engine go and can be attached again", async () => {
  const player = await playing();
  player.detach();
  expect(engine().calls).toEqual(["load", "destroy"]);
  player.attach(new FakeVideo() as unknown as HTMLVideoElement);
  await until(() => engines[1]?.calls.length === 1);
});

describe("what the viewer chooses", () => {
  test("is told to the page, and holds for the next show", async () => {
    const player = await playing();
    player.choose({ height: 360 });
    expect(player.view.choices.chosenHeight).toBe(360);
    player.detach();
    player.attach(video as unknown as HTMLVideoElement);
    await until(() => engines.length === 2);
    expect(player.view.choices.chosenHeight).toBe(360);
  });

  test("going back within the list seeks, and nobody is pulled to the live edge", async () => {
    const player = await playing();
    engine().firstDateMs = 0;
    player.seekTo(5_000);
    expect(engine().calls).toEqual(["load", "seek to 5000"]);
    engine().behind = 60;
    clock.advance(60_000);
    video.fire("timeupdate");
    expect(player.view.isRewound).toBe(true);
    expect(engine().calls).not.toContain("seekToLive");
    player.goLive();
    expect(player.view.isRewound).toBe(false);
    expect(engine().calls.at(-1)).toBe("seekToLive");
  });

  test("further back it plays the long list, and going live plays the short one again", async () => {
    const player = await playing();
    player.seekTo(5_000);
    expect(engine().calls.at(-1)).toBe("load dvr from 5000");
    player.seekTo(4_000);
    expect(engine().calls.at(-1)).toBe("seek to 4000");
    player.goLive();
    expect(engine().calls.at(-1)).toBe("load");
  });

  test("without a long list there is no going further back than the list", async () => {
    dvrUrl = null;
    const player = await playing();
    player.seekTo(5_000);
    expect(engine().calls).toEqual(["load", "seek to 5000"]);
    expect(player.view.isRewound).toBe(false);
  });
});
