import { beforeEach, describe, expect, test } from "vitest";
import type { GatewayEvent, MessageView } from "../src/index.js";
import { type MessagePage, MissedMessages } from "../src/MissedMessages.js";
import { withMissedMessages } from "../src/reduceMessages.js";
import { settle } from "./support/until.js";
import { event, message, messageView, snapshot } from "./support/views.js";

interface Asked {
  readonly afterSeq: number;
  readonly answer: (page: MessagePage) => void;
  readonly fail: () => void;
}

let asked: Asked[];
let put: { seqs: number[]; changes: GatewayEvent[] }[];
let missed: MissedMessages;

beforeEach(() => {
  asked = [];
  put = [];
  missed = new MissedMessages(
    (afterSeq) =>
      new Promise((resolve, reject) => {
        asked.push({ afterSeq, answer: resolve, fail: () => reject(new Error("no network")) });
      }),
    (messages, changes) => put.push({ seqs: messages.map(({ seq }) => seq), changes: [...changes] }),
  );
});

async function answer(place: number, seqs: number[], next: string | null = null): Promise<void> {
  asked[place]?.answer({ data: seqs.map((seq) => messageView(seq)), next_cursor: next });
  await settle();
}

const asks = (): number[] => asked.map(({ afterSeq }) => afterSeq);
const told = (): number[] => put.flatMap(({ seqs }) => seqs);

describe("messages that were dropped", () => {
  test("are fetched from behind the gap", async () => {
    missed.dropped(7);
    await answer(0, [8, 10]);
    expect(asks()).toEqual([7]);
    expect(told()).toEqual([8, 10]);
  });

  test("are fetched page by page, each once", async () => {
    missed.dropped(7);
    await answer(0, [8, 9], "msg_9");
    await answer(1, [10]);
    expect(asks()).toEqual([7, 9]);
    expect(told()).toEqual([8, 9, 10]);
  });

  test("are fetched up to those that came by themselves", async () => {
    missed.dropped(7);
    missed.heard(message(12, 7));
    await answer(0, [8, 10, 12, 13], "msg_13");
    expect(asks()).toEqual([7]);
    expect(told()).toEqual([8, 10]);
  });

  test("of two gaps are fetched one gap after the other", async () => {
    missed.dropped(7);
    missed.heard(message(12, 7));
    missed.dropped(12);
    missed.heard(message(20, 12));
    await answer(0, [8, 12, 15, 20]);
    await answer(1, [15, 20]);
    expect(asks()).toEqual([7, 12]);
    expect(told()).toEqual([8, 15]);
  });

  test("that were changed meanwhile are put in place with their changes", async () => {
    missed.dropped(7);
    const gone = event("message.deleted", { message: messageView(8, { text: "", deleted: true }), by: null });
    missed.heard(gone);
    await answer(0, [8]);
    expect(put).toEqual([{ seqs: [8], changes: [gone] }]);
  });

  test("are fetched again with the next message when the network failed, from where it failed", async () => {
    missed.dropped(7);
    await answer(0, [8], "msg_8");
    asked[1]?.fail();
    await settle();
    expect(asks()).toEqual([7, 8]);
    missed.heard(message(11, 7));
    await answer(2, [9, 11]);
    expect(asks()).toEqual([7, 8, 8]);
    expect(told()).toEqual([8, 9]);
  });

  test("are of no interest after a snapshot, which has them", async () => {
    missed.dropped(7);
    missed.reset();
    await answer(0, [8]);
    expect(told()).toEqual([]);
    missed.heard(message(9, 7));
    expect(asks()).toEqual([7]);
  });

  test("are not looked for when nothing was dropped", () => {
    missed.heard(message(9, 7));
    expect(asks()).toEqual([]);
  });
});

test("what was said to a role that is no longer mine is left out", () => {
  const toRole = (seq: number, role: string): MessageView => messageView(seq, { to_roles: [role] });
  const mine = { ...toRole(3, "host"), sender_id: "pa_me" };
  const before = snapshot({ messages: [messageView(4)] });
  const after = withMissedMessages(before, [messageView(1), toRole(2, "host"), mine, toRole(5, "viewer")]);
  expect(after.messages.map(({ seq }) => seq)).toEqual([1, 3, 4, 5]);
});
