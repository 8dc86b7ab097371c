import type { PollResult, PollView, SnapshotView, StateView, VoteView } from "./protocol.js";

/** How many stopped polls a snapshot holds. */
const STOPPED_KEPT = 10;

/** A key of the session's state was set, or deleted. */
export function withEntry(snapshot: SnapshotView, entry: StateView): SnapshotView {
  const others = snapshot.state.filter((one) => one.key !== entry.key);
  const kept = entry.value === null ? others : [...others, entry];
  return { ...snapshot, state: sortedBy(kept, (one) => [one.key]) };
}

/** A poll started or stopped; of the stopped ones only the last are kept. */
export function withPoll(snapshot: SnapshotView, poll: PollView): SnapshotView {
  const known = [...snapshot.polls.filter((one) => one.id !== poll.id), poll];
  const stopped = known.filter((one) => one.status === "stopped");
  const oldest = sortedBy(stopped, (one) => [one.stopped_at ?? "", one.id]).slice(0, -STOPPED_KEPT);
  const gone = new Set(oldest.map((one) => one.id));
  const kept = known.filter((one) => !gone.has(one.id));
  const polls = sortedBy(kept, (one) => [one.started_at ?? "", one.id]);
  return { ...snapshot, polls, votes: inOrderOf(polls, snapshot.votes) };
}

/** Votes were counted. */
export function withResult(snapshot: SnapshotView, pollId: string, result: PollResult): SnapshotView {
  const polls = snapshot.polls.map((one) => (one.id === pollId ? { ...one, result } : one));
  return { ...snapshot, polls };
}

/** This participant has voted. */
export function withVote(snapshot: SnapshotView, vote: VoteView): SnapshotView {
  return { ...snapshot, votes: inOrderOf(snapshot.polls, [...snapshot.votes, vote]) };
}

/** The last vote in each of these polls, in their order. */
function inOrderOf(polls: readonly PollView[], votes: readonly VoteView[]): VoteView[] {
  const byPoll = new Map(votes.map((one) => [one.poll_id, one]));
  return polls.flatMap(({ id }) => byPoll.get(id) ?? []);
}

/** A sorted copy; keys are compared one after the other and by code unit, as the server does. */
function sortedBy<Thing>(things: readonly Thing[], keys: (one: Thing) => readonly string[]): Thing[] {
  return [...things].sort((left, right) => {
    const [mine, theirs] = [keys(left), keys(right)];
    const place = mine.findIndex((key, at) => key !== theirs[at]);
    const [first = "", second = ""] = [mine[place], theirs[place]];
    return first < second ? -1 : first > second ? 1 : 0;
  });
}
