import type {
  BroadcastView,
  ErrorCode,
  GatewayEvent,
  InviteView,
  MessageView,
  OutputView,
  ParticipantView,
  Problem,
  SnapshotView,
} from "../../src/index.js";

export const AT = "2026-01-02T03:04:05.000Z";

export function participant(id: string, change: Partial<ParticipantView> = {}): ParticipantView {
  return {
    id: `pa_${id}`,
    identity: id,
    name: id,
    room_id: "rm_1",
    session_id: "ses_1",
    role: "guest",
    level: "stage",
    priority: 5,
    permissions: [],
    sources: ["camera", "microphone"],
    subscribe_to: null,
    join_audio_muted: false,
    join_video_muted: false,
    chat_muted: false,
    backstage: false,
    metadata: {},
    attributes: {},
    tracks: [],
    presence: "joined",
    hand_raised_at: null,
    joined_at: AT,
    left_at: null,
    ...change,
  };
}

export function invite(id: string, participantId: string): InviteView {
  return {
    id,
    room_id: "rm_1",
    participant_id: participantId,
    invited_by: null,
    role: "guest",
    media_allowed: "all",
    status: "open",
    created_at: AT,
    expires_at: AT,
  };
}

export function broadcast(status: BroadcastView["status"]): BroadcastView {
  return {
    id: "bc_1",
    room_id: "rm_1",
    session_id: "ses_1",
    title: "",
    status,
    reason: null,
    reason_text: null,
    dvr_path: "/live/bc_1/dvr.m3u8",
    degraded: [],
    dvr_window_s: 3600,
    max_duration_s: null,
    layout: { name: "grid" },
    look: {},
    mix: {},
    canvas: "16:9",
    quality: "high",
    ladder: [],
    audio_bps: 128_000,
    encoder: "libx264",
    profile: "default",
    captions: [],
    marks: [],
    playback_path: "/live/bc_1/index.m3u8",
    outputs: [],
    started_at: AT,
    live_at: null,
    ended_at: null,
  };
}

export const OUTPUT: OutputView = {
  id: "out_1",
  type: "rtmp",
  status: "live",
  reason: null,
  url: "rtmps://live.example.com/app",
  recording_id: null,
  since: AT,
};

export function snapshot(change: Partial<SnapshotView> = {}): SnapshotView {
  const me = participant("me", { level: "viewer", role: "viewer", sources: [] });
  return {
    room: {
      id: "rm_1",
      name: "room",
      title: "Room",
      template: "interactive-live-stream",
      locked: false,
      settings: {},
      metadata: {},
      created_at: AT,
      updated_at: AT,
    },
    session: { id: "ses_1", started_at: AT, ends_at: null, ended_at: null, end_reason: null },
    me,
    participants: [],
    hands: [],
    invites: [],
    messages: [],
    pinned: [],
    state: [],
    polls: [],
    votes: [],
    broadcast: null,
    broadcasts: [],
    media: [],
    counts: { stage: 0, audience: 0, viewer: 1, hls: 0 },
    ...change,
  };
}

/** A refusal of the server's. */
export function problem(code: ErrorCode, status: number, retryAfterS: number | null = null): Problem {
  return {
    code,
    title: "No.",
    detail: "Not so.",
    status,
    expected: null,
    fix: "Do something.",
    errors: [],
    retry_after_s: retryAfterS,
  };
}

/** An event without its place in a sequence. */
export function event<Name extends GatewayEvent["name"]>(
  name: Name,
  data: Extract<GatewayEvent, { name: Name }>["data"],
): GatewayEvent {
  return { seq: null, prev: null, name, at: AT, data } as GatewayEvent;
}

/** A chat message to everybody. */
export function messageView(seq: number, change: Partial<MessageView> = {}): MessageView {
  return {
    id: `msg_${seq}`,
    seq,
    sender_id: "pa_1",
    sender_name: "1",
    type: "chat",
    text: String(seq),
    to_roles: [],
    to_participant: null,
    metadata: {},
    pinned: false,
    deleted: false,
    sent_at: AT,
    ...change,
  };
}

/** Its event, numbered. */
export function message(seq: number, prev: number): GatewayEvent {
  return { seq, prev, name: "message.sent", at: AT, data: { message: messageView(seq) } };
}
