import type { MessageView, SnapshotView } from "./protocol.js";

/** How many chat messages a snapshot holds: of those that last, and again of those to one's role. */
const MESSAGES_KEPT = 50;

/** The snapshot with more messages, each in its place; what is too old falls off. */
export function withMessages(snapshot: SnapshotView, more: readonly MessageView[]): SnapshotView {
  const ids = new Set(more.map(({ id }) => id));
  const all = inOrder([...snapshot.messages.filter(({ id }) => !ids.has(id)), ...more]);
  const lasting = all.filter((one) => !isToRole(snapshot, one)).slice(-MESSAGES_KEPT);
  const toRole = all.filter((one) => isToRole(snapshot, one)).slice(-MESSAGES_KEPT);
  return { ...snapshot, messages: inOrder([...lasting, ...toRole]) };
}

/**
 * The snapshot with messages of the history. What was said to a role counts only if it is one's role still: it may
 * have changed since they were read.
 */
export function withMissedMessages(snapshot: SnapshotView, missed: readonly MessageView[]): SnapshotView {
  const isMine = ({ to_roles: roles }: MessageView): boolean => roles.includes(snapshot.me.role);
  return withMessages(
    snapshot,
    missed.filter((one) => !isToRole(snapshot, one) || isMine(one)),
  );
}

/** The snapshot after a message was pinned, unpinned or deleted; one that is too old to be shown stays away. */
export function withChangedMessage(snapshot: SnapshotView, message: MessageView): SnapshotView {
  const others = snapshot.pinned.filter(({ id }) => id !== message.id);
  return {
    ...snapshot,
    messages: snapshot.messages.map((one) => (one.id === message.id ? message : one)),
    pinned: message.pinned ? inOrder([...others, message]) : others,
  };
}

/** What is left of the messages for somebody who has another role now. */
export function withoutRoleMessages(snapshot: SnapshotView): readonly MessageView[] {
  return snapshot.messages.filter((one) => !isToRole(snapshot, one));
}

/** Whether it is read by one's role, and not because one sent it. */
function isToRole({ me }: SnapshotView, message: MessageView): boolean {
  return message.to_roles.length > 0 && message.sender_id !== me.id;
}

function inOrder(messages: MessageView[]): MessageView[] {
  return messages.sort((left, right) => left.seq - right.seq);
}
