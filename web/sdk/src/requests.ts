import type {
  BroadcastView,
  InviteView,
  LayoutName,
  LayoutView,
  MediaAllowed,
  MessageView,
  ParticipantView,
  Quality,
  Source,
} from "./protocol.js";

interface ParticipantReply {
  readonly participant: ParticipantView;
}

interface InviteReply {
  readonly invite: InviteView;
}

/** An invite waits for a yes, unless the promotion was forced. */
export type PromoteReply = { readonly invite: InviteView } | ParticipantReply;

/** Every request's name, with the type of its `data` and of the reply's `data`. */
export interface RequestMap {
  "participant.promote": {
    data: {
      participant: string;
      role?: string;
      media_allowed?: MediaAllowed;
      join_audio_muted?: boolean;
      join_video_muted?: boolean;
      force?: boolean;
    };
    reply: PromoteReply;
  };
  "participant.demote": { data: { participant: string; role?: string }; reply: ParticipantReply };
  "participant.mute": {
    data: { participant: string; source?: Source; muted: boolean };
    reply: ParticipantReply;
  };
  "participant.remove": { data: { participant: string }; reply: ParticipantReply };
  "participant.leave": { data: Record<string, never>; reply: unknown };
  "invite.accept": { data: { invite: string }; reply: InviteReply & ParticipantReply };
  "invite.decline": { data: { invite: string }; reply: InviteReply };
  "invite.cancel": { data: { invite: string }; reply: InviteReply };
  "hand.raise": { data: Record<string, never>; reply: ParticipantReply };
  "hand.lower": { data: { participant?: string }; reply: ParticipantReply };
  "message.send": { data: { text: string }; reply: { readonly message: MessageView } };
  "broadcast.start": {
    data: {
      layout?: { name: LayoutName };
      quality?: Quality;
      title?: string;
      outputs?: { type: "hls" }[];
    };
    reply: BroadcastView;
  };
  "broadcast.update": {
    data: { broadcast: string; layout?: LayoutView; title?: string };
    reply: BroadcastView;
  };
  "broadcast.stop": { data: { broadcast: string }; reply: BroadcastView };
}
