import { Broadcasts } from "./Broadcasts.js";
import { Media } from "./Media.js";
import { Chat } from "./Chat.js";
import { CustomEvents } from "./CustomEvents.js";
import { PUBLISH_ALL } from "./defaults.js";
import { joinRoom, type JoinBody } from "./joinRoom.js";
import type {
  BroadcastChange,
  BroadcastOptions,
  JoinOptions,
  PromoteOptions,
  RequestOptions,
} from "./options.js";
import { People } from "./People.js";
import { withPath } from "./playbackPass.js";
import type { Player } from "./Player.js";
import { Polls } from "./Polls.js";
import type {
  BroadcastView,
  InviteView,
  MessageView,
  ParticipantAnswer,
  ParticipantView,
  RoleView,
  SnapshotView,
  Source,
} from "./protocol.js";
import { Reactions } from "./Reactions.js";
import type { Ask, PromoteReply, RequestMap } from "./requests.js";
import { RoomConnection } from "./RoomConnection.js";
import { roomLink } from "./roomLink.js";
import type { SessionEventMap, SessionStatus } from "./sessionEvents.js";
import { SharedState } from "./SharedState.js";
import type { StageConnection } from "./StageConnection.js";

/** How long `leave` waits for the server to know. */
const LEAVE_TIMEOUT_MS = 1_000;

/**
 * One participant in one room, at any level: the state, the requests, the stage and the player. A promotion changes
 * what `stage` does; the session, its participant and its gateway connection stay the same.
 */
export class RoomSession {
  /** Who is seen and heard over WebRTC. It follows the participant's level by itself. */
  readonly stage: StageConnection;
  /** Plays the composed show: `player.attach(video)`. */
  readonly player: Player;
  readonly people: People;
  readonly chat: Chat;
  readonly polls: Polls;
  readonly sharedState: SharedState;
  readonly reactions: Reactions;
  readonly custom: CustomEvents;
  readonly broadcasts: Broadcasts;
  readonly media: Media;
  /** Joins again as the same participant, after a reload. */
  readonly token: string;
  readonly #room: RoomConnection;

  private constructor(room: RoomConnection) {
    this.#room = room;
    this.stage = room.stage;
    this.player = room.player;
    this.token = room.token;
    const ask: Ask = (name, data, options) => this.request(name, data, options);
    const snapshot = (): SnapshotView => this.state;
    this.people = new People(ask, room.api);
    this.chat = new Chat(ask, room.api);
    this.polls = new Polls(ask, room.api);
    this.sharedState = new SharedState(ask, snapshot);
    this.reactions = new Reactions(ask);
    this.custom = new CustomEvents(ask);
    this.broadcasts = new Broadcasts(ask, room.api, snapshot);
    this.media = new Media(ask, room.api, snapshot);
  }

  /**
   * Joins a room with a token or a room code, and resolves once the state is known.
   *
   * @throws OnstageError the server's refusal, `server_unreachable`, or `aborted`
   */
  static async join(options: JoinOptions): Promise<RoomSession> {
    const server = options.server ?? location.origin;
    const reply = await joinRoom(server, joinBody(options), options.signal);
    const room = new RoomConnection(server, reply, options.publish ?? PUBLISH_ALL);
    await room.open(options.signal);
    return new RoomSession(room);
  }

  /** Everything a page shows. Immutable: what changes is another object. */
  get state(): SnapshotView {
    return this.#room.state.snapshot;
  }

  /** The roles of the room's template by their names, as of the last join or promotion. */
  get roles(): Readonly<Record<string, RoleView>> {
    return this.#room.roles;
  }

  get status(): SessionStatus {
    const { status } = this.#room.gateway;
    return status === "idle" ? "connecting" : status;
  }

  /** The invite waiting for this participant's yes. */
  get invite(): InviteView | null {
    const { me, invites } = this.state;
    return invites.find((invite) => invite.participant_id === me.id) ?? null;
  }

  /**
   * Where a recording of one of the room's shows plays, with this participant's playback token if the room asks for one.
   * 404 until `recording.ready`.
   */
  recordingUrl(recordingId: string): string {
    return withPath(this.player.url, `/vod/${recordingId}/index.m3u8`);
  }

  /** Calls `listener` at each `name`; the answer takes it off. */
  on<Name extends keyof SessionEventMap>(
    name: Name,
    listener: (data: SessionEventMap[Name]) => void,
  ): () => void {
    return this.#room.events.on(name, listener);
  }

  /**
   * Asks the server for anything that the protocol has, in its words; `people`, `chat` and the others do so in
   * TypeScript's.
   *
   * @throws OnstageError the server's refusal, or `request_timeout`, `connection_lost`, `session_closed`, `aborted`
   */
  request<Name extends keyof RequestMap>(
    name: Name,
    data: RequestMap[Name]["data"],
    options?: RequestOptions,
  ): Promise<RequestMap[Name]["reply"]> {
    return this.#room.gateway.request(name, data, options);
  }

  /** Leaves the room for good. */
  async leave(): Promise<void> {
    await this.request("participant.leave", {}, { timeoutMs: LEAVE_TIMEOUT_MS }).catch(() => undefined);
    this.#room.gateway.close();
  }

  /** As `people.promote`. */
  promote(participant: string, change?: PromoteOptions, options?: RequestOptions): Promise<PromoteReply> {
    return this.people.promote(participant, change, options);
  }

  /** As `people.demote`. */
  demote(participant: string, options?: RequestOptions): Promise<ParticipantView> {
    return this.people.demote(participant, undefined, options);
  }

  /** As `people.mute`. */
  mute(participant: string, source?: Source, options?: RequestOptions): Promise<ParticipantView> {
    return this.people.mute(participant, source, options);
  }

  /** As `people.remove`. */
  remove(participant: string, options?: RequestOptions): Promise<ParticipantView> {
    return this.people.remove(participant, undefined, options);
  }

  /** Says yes to an invite; the promotion follows as an event. */
  async acceptInvite(invite: string, options?: RequestOptions): Promise<ParticipantView> {
    return (await this.request("invite.accept", { invite }, options)).participant;
  }

  /** Says no to an invite. */
  async declineInvite(invite: string, options?: RequestOptions): Promise<InviteView> {
    return (await this.request("invite.decline", { invite }, options)).invite;
  }

  /** Takes an invite back. */
  async cancelInvite(invite: string, options?: RequestOptions): Promise<InviteView> {
    return (await this.request("invite.cancel", { invite }, options)).invite;
  }

  async raiseHand(options?: RequestOptions): Promise<ParticipantView> {
    return (await this.request("hand.raise", {}, options)).participant;
  }

  /** Lowers one's own hand, or somebody else's. */
  async lowerHand(participant?: string, options?: RequestOptions): Promise<ParticipantView> {
    const data = participant === undefined ? {} : { participant };
    const reply = await this.request("hand.lower", data, options);
    return (reply as ParticipantAnswer).participant; // of all hands it would be their ids
  }

  /** As `chat.send`, to everybody. */
  sendChat(text: string, options?: RequestOptions): Promise<MessageView> {
    return this.chat.send(text, {}, options);
  }

  /** As `broadcasts.start`. */
  startBroadcast(start?: BroadcastOptions, options?: RequestOptions): Promise<BroadcastView> {
    return this.broadcasts.start(start, options);
  }

  /** As `broadcasts.update`. */
  updateBroadcast(change: BroadcastChange, options?: RequestOptions): Promise<BroadcastView> {
    return this.broadcasts.update(change, options);
  }

  /** As `broadcasts.stop`. */
  stopBroadcast(options?: RequestOptions): Promise<BroadcastView> {
    return this.broadcasts.stop(options);
  }

  /** A link with which others join in `role`. @throws OnstageError `permission_denied` for most roles */
  link(role: string, options?: RequestOptions): Promise<string> {
    return roomLink(this.#room.api, role, options);
  }
}

function joinBody({ token, code, name }: JoinOptions): JoinBody {
  if (token !== undefined) {
    return { token };
  }
  return { code: code ?? "", ...(name ? { name } : {}) };
}
