import type { GatewayEvent } from "./frames.js";
import type {
  BroadcastView,
  InviteView,
  MediaPlaybackView,
  ParticipantView,
  SnapshotView,
  TrackView,
} from "./protocol.js";
import { withChangedMessage, withMessages, withoutRoleMessages } from "./reduceMessages.js";
import { withEntry, withPoll, withResult, withVote } from "./reducePolls.js";

/**
 * The snapshot after `event`. Pure; what did not change is shared with the old one, which stays as it was.
 * The server records triples of snapshot, events and next snapshot to hold this to (`protocol/replay/`).
 */
export function reduce(snapshot: SnapshotView, event: GatewayEvent): SnapshotView {
  switch (event.name) {
    case "participant.left":
    case "participant.removed":
      return withoutParticipant(snapshot, event.data.participant);
    case "participant.joined":
    case "participant.updated":
    case "participant.promoted":
    case "participant.demoted":
    case "participant.role_changed":
    case "participant.unmute_requested":
    case "participant.engine_failed":
      return withParticipant(snapshot, event.data.participant);
    case "hand.raised":
      return withHand(snapshot, event.data.participant);
    case "hand.lowered":
      return withoutHand(snapshot, event.data.participant);
    case "track.published":
    case "track.muted":
    case "track.unmuted":
      return withTracks(snapshot, event.data.participant_id, (tracks) =>
        upsertTrack(tracks, event.data.track),
      );
    case "track.unpublished":
      return withTracks(snapshot, event.data.participant_id, (tracks) =>
        tracks.filter((track) => track.sid !== event.data.track.sid),
      );
    case "invite.created":
      return {
        ...snapshot,
        invites: sortedBy(createdAt, [
          ...withoutInvite(snapshot.invites, event.data.invite),
          event.data.invite,
        ]),
      };
    case "invite.accepted":
    case "invite.declined":
    case "invite.cancelled":
    case "invite.expired":
      return { ...snapshot, invites: withoutInvite(snapshot.invites, event.data.invite) };
    default:
      return reduceRest(snapshot, event);
  }
}

/** The events that replace one field. */
function reduceRest(snapshot: SnapshotView, event: GatewayEvent): SnapshotView {
  switch (event.name) {
    case "message.sent":
      return withMessages(snapshot, [event.data.message]);
    case "message.pinned":
    case "message.unpinned":
    case "message.deleted":
      return withChangedMessage(snapshot, event.data.message);
    case "state.changed":
      return withEntry(snapshot, event.data.entry);
    case "poll.started":
    case "poll.stopped":
      return withPoll(snapshot, event.data.poll);
    case "poll.counted":
      return withResult(snapshot, event.data.poll_id, event.data.result);
    case "poll.voted":
      return withVote(snapshot, event.data.vote);
    case "broadcast.starting":
    case "broadcast.live":
    case "broadcast.updated":
    case "broadcast.degraded":
    case "broadcast.stopping":
    case "broadcast.ended":
    case "broadcast.failed":
    case "output.connecting":
    case "output.live":
    case "output.reconnecting":
    case "output.failed":
    case "output.ended":
      return withBroadcast(snapshot, event.data.broadcast);
    case "media.started":
    case "media.updated":
    case "media.ended":
      return withPlayback(snapshot, event.data.playback);
    case "room.created":
    case "room.updated":
    case "room.ended":
      return { ...snapshot, room: event.data.room };
    case "session.started":
    case "session.updated":
    case "session.ended":
      return { ...snapshot, session: event.data.session };
    case "audience.counted":
      return { ...snapshot, counts: event.data.counts };
    default:
      return snapshot; // speakers.changed, reaction.counted, custom.sent, and what a newer server may add
  }
}

/** Running ones, newest first; the first of them is what is shown, or the one that has just ended. */
function withBroadcast(snapshot: SnapshotView, broadcast: BroadcastView): SnapshotView {
  const { broadcasts: old } = snapshot;
  const isKnown = old.some((one) => one.id === broadcast.id);
  const known = isKnown ? old : [broadcast, ...old];
  const broadcasts = known.map((one) => (one.id === broadcast.id ? broadcast : one)).filter(isRunning);
  return { ...snapshot, broadcasts, broadcast: broadcasts[0] ?? broadcast };
}

function isRunning({ status }: BroadcastView): boolean {
  return status === "starting" || status === "live" || status === "stopping";
}

function withParticipant(snapshot: SnapshotView, participant: ParticipantView): SnapshotView {
  const others = snapshot.participants.filter((one) => one.id !== participant.id);
  const isListed = participant.level !== "viewer";
  const isMe = snapshot.me.id === participant.id;
  return {
    ...snapshot,
    me: isMe ? participant : snapshot.me,
    messages:
      isMe && participant.role !== snapshot.me.role ? withoutRoleMessages(snapshot) : snapshot.messages,
    participants: isListed ? sortedBy(joinedAt, [...others, participant]) : others,
    hands: snapshot.hands.map((one) => (one.id === participant.id ? participant : one)),
  };
}

function withoutParticipant(snapshot: SnapshotView, participant: ParticipantView): SnapshotView {
  return {
    ...snapshot,
    me: snapshot.me.id === participant.id ? participant : snapshot.me,
    participants: snapshot.participants.filter((one) => one.id !== participant.id),
    hands: snapshot.hands.filter((one) => one.id !== participant.id),
  };
}

function withHand(snapshot: SnapshotView, participant: ParticipantView): SnapshotView {
  const next = withParticipant(snapshot, participant);
  const others = next.hands.filter((one) => one.id !== participant.id);
  return { ...next, hands: sortedBy(raisedAt, [...others, participant]) };
}

function withoutHand(snapshot: SnapshotView, participant: ParticipantView): SnapshotView {
  const next = withParticipant(snapshot, participant);
  return { ...next, hands: next.hands.filter((one) => one.id !== participant.id) };
}

function withPlayback(snapshot: SnapshotView, playback: MediaPlaybackView): SnapshotView {
  const others = snapshot.media.filter((one) => one.id !== playback.id);
  const isPlaying = playback.status === "playing";
  return { ...snapshot, media: isPlaying ? sortedBy(startedAt, [...others, playback]) : others };
}

type ChangeTracks = (tracks: readonly TrackView[]) => readonly TrackView[];

function withTracks(snapshot: SnapshotView, participantId: string, change: ChangeTracks): SnapshotView {
  const apply = (one: ParticipantView): ParticipantView =>
    one.id === participantId ? { ...one, tracks: change(one.tracks) } : one;
  return {
    ...snapshot,
    me: apply(snapshot.me),
    participants: snapshot.participants.map(apply),
    hands: snapshot.hands.map(apply),
  };
}

function upsertTrack(tracks: readonly TrackView[], track: TrackView): readonly TrackView[] {
  const others = tracks.filter((one) => one.sid !== track.sid);
  return [...others, track].sort((left, right) => compare(left.sid, right.sid));
}

function withoutInvite(invites: readonly InviteView[], invite: InviteView): InviteView[] {
  return invites.filter((one) => one.id !== invite.id);
}

function joinedAt(participant: ParticipantView): string {
  return participant.joined_at;
}

function createdAt(invite: InviteView): string {
  return invite.created_at;
}

function startedAt(playback: MediaPlaybackView): string {
  return playback.started_at ?? "";
}

function raisedAt(participant: ParticipantView): string {
  return participant.hand_raised_at ?? "";
}

/** In the order of `key`, a time of fixed width, then of id. */
function sortedBy<Thing extends { readonly id: string }>(
  key: (one: Thing) => string,
  things: Thing[],
): Thing[] {
  return things.sort((left, right) => compare(key(left), key(right)) || compare(left.id, right.id));
}

/** By code unit, as the server sorts: a locale's order would differ from one browser to the next. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
