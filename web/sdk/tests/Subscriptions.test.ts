import { beforeEach, describe, expect, test } from "vitest";
import { Subscriptions, type Publisher, type SteeredPublication } from "../src/Subscriptions.js";
import { participant, snapshot } from "./support/views.js";

/** A publication that remembers what it was told. */
class Publication implements SteeredPublication {
  readonly told: boolean[] = [];

  setSubscribed(isSubscribed: boolean): void {
    this.told.push(isSubscribed);
  }
}

let subscriptions: Subscriptions;
let camera: Record<"hanna" | "gus", Publication>;
let publishers: Publisher[];

beforeEach(() => {
  subscriptions = new Subscriptions();
  camera = { hanna: new Publication(), gus: new Publication() };
  publishers = Object.entries(camera).map(([identity, publication]) => ({
    identity,
    trackPublications: new Map([["TR_1", publication]]),
  }));
});

/** Me with that `subscribe_to`, a host and a guest. */
function room(
  subscribeTo: readonly string[] | null,
  roleOfGus = "guest",
): Parameters<Subscriptions["follow"]>[0] {
  return {
    me: { ...snapshot().me, subscribe_to: subscribeTo },
    participants: [participant("hanna", { role: "host" }), participant("gus", { role: roleOfGus })],
  };
}

describe("tracks", () => {
  test("of everybody come by themselves where the role gets all", () => {
    subscriptions.follow(room(null));
    expect(subscriptions.begin()).toBe(true);
    subscriptions.apply(publishers);
    expect(camera.hanna.told).toEqual([]);
  });

  test("of the roles that mine gets are taken, and no others", () => {
    subscriptions.follow(room(["host"]));
    expect(subscriptions.begin()).toBe(false);
    subscriptions.apply(publishers);
    subscriptions.apply(publishers);
    expect(camera.hanna.told).toEqual([true]);
    expect(camera.gus.told).toEqual([]);
  });

  test("come and go with the roles of those who send them, and with mine", () => {
    subscriptions.follow(room(["host"]));
    subscriptions.begin();
    subscriptions.apply(publishers);
    subscriptions.follow(room(["host"], "host"));
    subscriptions.apply(publishers);
    expect(camera.gus.told).toEqual([true]);
    subscriptions.follow(room(["guest"], "host"));
    subscriptions.apply(publishers);
    expect(camera).toMatchObject({ hanna: { told: [true, false] }, gus: { told: [true, false] } });
    subscriptions.follow(room(null, "host"));
    subscriptions.apply(publishers);
    expect(camera).toMatchObject({
      hanna: { told: [true, false, true] },
      gus: { told: [true, false, true] },
    });
  });
});
