import { describe, expect, test } from "vitest";
import { reduce } from "../src/reduce.js";
import type { MessageView, SnapshotView } from "../src/index.js";
import {
  OUTPUT,
  broadcast,
  event,
  invite,
  message,
  messageView,
  participant,
  snapshot,
} from "./support/views.js";

const EARLY = "2026-01-01T00:00:00.000Z";
const LATE = "2026-01-03T00:00:00.000Z";

describe("people", () => {
  test("on stage and in the audience are listed in the order of joining", () => {
    const joins = [
      participant("b", { joined_at: LATE }),
      participant("c", { level: "audience", joined_at: EARLY }),
      participant("a", { joined_at: LATE }),
    ];
    const after = joins.reduce(
      (state, one) => reduce(state, event("participant.joined", { participant: one })),
      snapshot(),
    );
    expect(after.participants.map(({ id }) => id)).toEqual(["pa_c", "pa_a", "pa_b"]);
  });

  test("who only watch are not listed", () => {
    const viewer = participant("v", { level: "viewer" });
    expect(reduce(snapshot(), event("participant.joined", { participant: viewer })).participants).toEqual([]);
  });

  test("appear with a promotion and disappear with a demotion, and so do I", () => {
    const before = snapshot();
    const promoted = { ...before.me, level: "stage" as const };
    const up = reduce(
      before,
      event("participant.promoted", { participant: promoted, by: null, from_role: "viewer" }),
    );
    expect(up.me).toBe(promoted);
    expect(up.participants).toEqual([promoted]);
    const down = reduce(
      up,
      event("participant.demoted", { participant: before.me, by: null, from_role: "guest" }),
    );
    expect(down.me.level).toBe("viewer");
    expect(down.participants).toEqual([]);
  });

  test("who leave are gone from the list and from the queue", () => {
    const one = participant("a", { level: "audience", hand_raised_at: EARLY });
    const before = snapshot({ participants: [one], hands: [one] });
    const after = reduce(
      before,
      event("participant.left", { participant: { ...one, presence: "left" }, reason: "left" }),
    );
    expect(after.participants).toEqual([]);
    expect(after.hands).toEqual([]);
  });

  test("that are removed are me when they are me", () => {
    const before = snapshot();
    const removed = { ...before.me, presence: "removed" as const };
    expect(
      reduce(before, event("participant.removed", { participant: removed, by: null, reason: null })).me,
    ).toBe(removed);
  });
});

describe("hands", () => {
  test("queue in the order they were raised, viewers' too", () => {
    const second = participant("a", { level: "viewer", hand_raised_at: LATE });
    const first = participant("b", { level: "viewer", hand_raised_at: EARLY });
    const after = [second, first].reduce(
      (state, one) => reduce(state, event("hand.raised", { participant: one })),
      snapshot(),
    );
    expect(after.hands).toEqual([first, second]);
    expect(after.participants).toEqual([]);
  });

  test("show what changes about their people", () => {
    const before = snapshot({ hands: [participant("a", { level: "viewer", hand_raised_at: EARLY })] });
    const renamed = participant("a", { level: "viewer", hand_raised_at: EARLY, name: "Ada" });
    expect(reduce(before, event("participant.updated", { participant: renamed })).hands).toEqual([renamed]);
  });

  test("go down", () => {
    const up = participant("a", { level: "viewer", hand_raised_at: EARLY });
    const after = reduce(
      snapshot({ hands: [up] }),
      event("hand.lowered", { participant: { ...up, hand_raised_at: null } }),
    );
    expect(after.hands).toEqual([]);
  });
});

describe("tracks", () => {
  const track = { sid: "TR_b", source: "camera" as const, muted: false };

  test("are kept in the order of their ids, wherever their owner is", () => {
    const owner = participant("a", { tracks: [{ sid: "TR_c", source: "microphone", muted: false }] });
    const before = snapshot({ participants: [owner], hands: [owner], me: owner });
    const after = reduce(before, event("track.published", { participant_id: owner.id, track }));
    for (const one of [after.me, after.participants[0], after.hands[0]]) {
      expect(one?.tracks.map(({ sid }) => sid)).toEqual(["TR_b", "TR_c"]);
    }
  });

  test("are muted, unmuted and taken away", () => {
    const before = snapshot({ participants: [participant("a", { tracks: [track] })] });
    const muted = reduce(
      before,
      event("track.muted", { participant_id: "pa_a", track: { ...track, muted: true } }),
    );
    expect(muted.participants[0]?.tracks[0]?.muted).toBe(true);
    const gone = reduce(muted, event("track.unpublished", { participant_id: "pa_a", track }));
    expect(gone.participants[0]?.tracks).toEqual([]);
  });
});

test("invites stay until they are answered, cancelled or expired", () => {
  const asked = invite("inv_1", "pa_me");
  const open = reduce(snapshot(), event("invite.created", { invite: asked }));
  expect(open.invites).toEqual([asked]);
  for (const name of ["invite.accepted", "invite.declined", "invite.cancelled", "invite.expired"] as const) {
    expect(reduce(open, event(name, { invite: asked })).invites).toEqual([]);
  }
});

describe("messages", () => {
  const toGuests = (seq: number, change: Partial<MessageView> = {}): MessageView =>
    messageView(seq, { to_roles: ["viewer"], ...change });
  const sent = (state: SnapshotView, ...views: MessageView[]): SnapshotView =>
    views.reduce((before, one) => reduce(before, event("message.sent", { message: one })), state);
  const seqs = ({ messages }: SnapshotView): number[] => messages.map(({ seq }) => seq);

  test("are kept in the order of their numbers, whatever the clocks said", () => {
    const late = messageView(2, { sent_at: LATE });
    expect(seqs(sent(snapshot(), late, messageView(3, { sent_at: EARLY })))).toEqual([2, 3]);
  });

  test("that are the last fifty are kept, and the last fifty to my role beside them", () => {
    const all = Array.from({ length: 60 }, (_, place) => [
      messageView(2 * place + 1),
      toGuests(2 * place + 2),
    ]);
    const kept = seqs(sent(snapshot(), ...all.flat()));
    expect(kept).toEqual(Array.from({ length: 100 }, (_, place) => place + 21));
  });

  test("to a role are gone with the role, but for what I said and what was said to me", () => {
    const before = sent(
      snapshot(),
      messageView(1),
      toGuests(2),
      toGuests(3, { sender_id: "pa_me" }),
      messageView(4, { to_participant: "pa_me" }),
    );
    const me = { ...before.me, role: "guest", level: "stage" as const };
    const after = reduce(
      before,
      event("participant.promoted", { participant: me, by: null, from_role: "viewer" }),
    );
    expect(seqs(after)).toEqual([1, 3, 4]);
    const other = participant("x", { role: "host" });
    const same = reduce(
      before,
      event("participant.role_changed", { participant: other, by: null, from_role: "guest" }),
    );
    expect(seqs(same)).toEqual([1, 2, 3, 4]);
  });

  test("are pinned in the order they were said, and let go", () => {
    const before = sent(snapshot(), messageView(1), messageView(2));
    const pinned = [2, 1].reduce(
      (state, seq) => reduce(state, event("message.pinned", { message: messageView(seq, { pinned: true }) })),
      before,
    );
    expect(pinned.pinned.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(pinned.messages.every((one) => one.pinned)).toBe(true);
    const unpinned = reduce(pinned, event("message.unpinned", { message: messageView(1) }));
    expect(unpinned.pinned.map(({ seq }) => seq)).toEqual([2]);
    expect(unpinned.messages[0]?.pinned).toBe(false);
  });

  test("that are pinned but too old to be shown stay away", () => {
    const old = messageView(1, { pinned: true });
    const after = reduce(snapshot({ messages: [messageView(2)] }), event("message.pinned", { message: old }));
    expect(seqs(after)).toEqual([2]);
    expect(after.pinned).toEqual([old]);
  });

  test("that are deleted keep their place and lose their text and their pin", () => {
    const before = snapshot({
      messages: [messageView(1, { pinned: true })],
      pinned: [messageView(1, { pinned: true })],
    });
    const gone = messageView(1, { text: "", deleted: true });
    const after = reduce(before, event("message.deleted", { message: gone, by: null }));
    expect(after.messages).toEqual([gone]);
    expect(after.pinned).toEqual([]);
  });
});

test("of several broadcasts the newest that runs is shown, and when none runs the last to end", () => {
  const [first, second] = [broadcast("live"), { ...broadcast("live"), id: "bc_2" }];
  const both = reduce(
    reduce(snapshot(), event("broadcast.starting", { broadcast: first })),
    event("broadcast.starting", { broadcast: second }),
  );
  expect(both).toMatchObject({ broadcast: second, broadcasts: [second, first] });
  const one = reduce(both, event("broadcast.ended", { broadcast: { ...second, status: "ended" } }));
  expect(one).toMatchObject({ broadcast: first, broadcasts: [first] });
  const failed = { ...first, status: "failed" as const };
  const none = reduce(one, event("broadcast.failed", { broadcast: failed }));
  expect(none).toMatchObject({ broadcast: failed, broadcasts: [] });
});

test("broadcast, room, session and counts are replaced whole", () => {
  const live = broadcast("live");
  expect(reduce(snapshot(), event("broadcast.live", { broadcast: live })).broadcast).toBe(live);
  const fed = event("output.live", { broadcast: live, output: OUTPUT });
  expect(reduce(snapshot(), fed).broadcast).toBe(live);
  const room = { ...snapshot().room, locked: true };
  expect(reduce(snapshot(), event("room.updated", { room })).room).toBe(room);
  const session = { ...snapshot().session, ended_at: LATE };
  expect(reduce(snapshot(), event("session.ended", { session })).session).toBe(session);
  const counts = { stage: 1, audience: 2, viewer: 3, hls: 4 };
  expect(reduce(snapshot(), event("audience.counted", { counts })).counts).toBe(counts);
});

test("a snapshot is never changed in place", () => {
  const before = snapshot({ participants: [participant("a")], hands: [participant("a")] });
  const copy = structuredClone(before);
  reduce(before, event("hand.raised", { participant: participant("b", { hand_raised_at: EARLY }) }));
  reduce(before, event("participant.left", { participant: participant("a"), reason: "left" }));
  reduce(
    before,
    event("track.published", {
      participant_id: "pa_a",
      track: { sid: "TR_1", source: "camera", muted: false },
    }),
  );
  reduce(before, message(1, 0));
  expect(before).toEqual(copy);
});

test("who speaks, reactions, custom events, and what a newer server may tell leave the snapshot as it is", () => {
  const before = snapshot();
  expect(reduce(before, event("speakers.changed", { participant_ids: ["pa_a"] }))).toBe(before);
  expect(reduce(before, event("reaction.counted", { counts: { "👏": 3 } }))).toBe(before);
  const custom = { type: "confetti", data: null, sender_id: null };
  expect(reduce(before, event("custom.sent", custom))).toBe(before);
  expect(reduce(before, { ...message(1, 0), name: "gift.sent" } as never)).toBe(before);
});
