import { PUBLISH_ALL } from "./defaults.js";
import { Emitter } from "./Emitter.js";
import type { GatewayEvent } from "./frames.js";
import { GatewayClient } from "./GatewayClient.js";
import { joinRoom, type EngineAccess, type JoinReply } from "./joinRoom.js";
import { messageFetcher, MissedMessages } from "./MissedMessages.js";
import { OnstageError } from "./OnstageError.js";
import type {
  BroadcastChange,
  BroadcastOptions,
  JoinOptions,
  PromoteOptions,
  RequestOptions,
} from "./options.js";
import { Player } from "./Player.js";
import type {
  BroadcastView,
  InviteView,
  MessageView,
  ParticipantAnswer,
  ParticipantView,
  SnapshotView,
  Source,
} from "./protocol.js";
import { reduce } from "./reduce.js";
import { withMissedMessages } from "./reduceMessages.js";
import type { PromoteReply } from "./requests.js";
import { roomLink } from "./roomLink.js";
import type { SessionEventMap, SessionStatus } from "./sessionEvents.js";
import { StageConnection } from "./StageConnection.js";
import { StageFollower } from "./StageFollower.js";

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
  /** Joins again as the same participant, after a reload. */
  readonly token: string;
  readonly #server: string;
  readonly #gateway: GatewayClient;
  readonly #follower: StageFollower;
  readonly #missed: MissedMessages;
  readonly #events = new Emitter<SessionEventMap>();
  #state: SnapshotView | null = null;
  #firstAccess: EngineAccess | null;

  private constructor(server: string, reply: JoinReply, options: JoinOptions) {
    this.#server = server;
    this.token = reply.token;
    this.#firstAccess = reply.engine;
    this.#gateway = new GatewayClient(reply.gateway_url, reply.token, {
      rejoin: () => joinRoom(server, { token: reply.token }),
    });
    this.stage = new StageConnection();
    this.player = new Player(playbackUrl(server, reply), { isExpected: () => this.#isShowExpected() });
    this.#follower = new StageFollower({
      stage: this.stage,
      fetchAccess: () => this.#fetchAccess(),
      onFailed: (error) => this.#events.emit("stage_failed", error),
      publish: options.publish ?? PUBLISH_ALL,
    });
    const fetchMessages = messageFetcher(server, reply.room.id, reply.token);
    this.#missed = new MissedMessages(fetchMessages, (...missed) => this.#putMissed(...missed));
    this.#wire();
  }

  /**
   * Joins a room with a token or a room code, and resolves once the state is known.
   *
   * @throws OnstageError the server's refusal, `server_unreachable`, or `aborted`
   */
  static async join(options: JoinOptions): Promise<RoomSession> {
    const server = options.server ?? location.origin;
    const reply = await joinRoom(server, joinBody(options), options.signal);
    const session = new RoomSession(server, reply, options);
    await session.#open(options.signal);
    return session;
  }

  /** Everything a page shows. Immutable: what changes is another object. */
  get state(): SnapshotView {
    if (!this.#state) {
      throw OnstageError.client("session_closed", "The session has not been welcomed yet.");
    }
    return this.#state;
  }

  get status(): SessionStatus {
    return this.#gateway.status === "idle" ? "connecting" : this.#gateway.status;
  }

  /** The invite waiting for this participant's yes. */
  get invite(): InviteView | null {
    const { me, invites } = this.state;
    return invites.find((invite) => invite.participant_id === me.id) ?? null;
  }

  /** Calls `listener` at each `name`; the answer takes it off. */
  on<Name extends keyof SessionEventMap>(
    name: Name,
    listener: (data: SessionEventMap[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** Leaves the room for good. */
  async leave(): Promise<void> {
    await this.#gateway
      .request("participant.leave", {}, { timeoutMs: LEAVE_TIMEOUT_MS })
      .catch(() => undefined);
    this.#gateway.close();
  }

  /** Brings somebody on stage: asks them, unless `force`. */
  promote(participant: string, change: PromoteOptions = {}, options?: RequestOptions): Promise<PromoteReply> {
    const { role, mediaAllowed, joinAudioMuted, joinVideoMuted, force } = change;
    const data = {
      participant,
      ...(role !== undefined && { role }),
      ...(mediaAllowed !== undefined && { media_allowed: mediaAllowed }),
      ...(joinAudioMuted !== undefined && { join_audio_muted: joinAudioMuted }),
      ...(joinVideoMuted !== undefined && { join_video_muted: joinVideoMuted }),
      ...(force !== undefined && { force }),
    };
    return this.#gateway.request("participant.promote", data, options);
  }

  /** Sends somebody, or oneself, back to where they were before they came on stage. */
  async demote(participant: string, options?: RequestOptions): Promise<ParticipantView> {
    return (await this.#gateway.request("participant.demote", { participant }, options)).participant;
  }

  /** Mutes one source of somebody; only they can turn it on again. */
  async mute(
    participant: string,
    source: Source = "microphone",
    options?: RequestOptions,
  ): Promise<ParticipantView> {
    const data = { participant, source, muted: true } as const;
    return oneParticipant(await this.#gateway.request("participant.mute", data, options));
  }

  /** Removes somebody from the session. */
  async remove(participant: string, options?: RequestOptions): Promise<ParticipantView> {
    return (await this.#gateway.request("participant.remove", { participant }, options)).participant;
  }

  /** Says yes to an invite; the promotion follows as an event. */
  async acceptInvite(invite: string, options?: RequestOptions): Promise<ParticipantView> {
    return (await this.#gateway.request("invite.accept", { invite }, options)).participant;
  }

  /** Says no to an invite. */
  async declineInvite(invite: string, options?: RequestOptions): Promise<InviteView> {
    return (await this.#gateway.request("invite.decline", { invite }, options)).invite;
  }

  /** Takes an invite back. */
  async cancelInvite(invite: string, options?: RequestOptions): Promise<InviteView> {
    return (await this.#gateway.request("invite.cancel", { invite }, options)).invite;
  }

  async raiseHand(options?: RequestOptions): Promise<ParticipantView> {
    return (await this.#gateway.request("hand.raise", {}, options)).participant;
  }

  /** Lowers one's own hand, or somebody else's. */
  async lowerHand(participant?: string, options?: RequestOptions): Promise<ParticipantView> {
    const data = participant === undefined ? {} : { participant };
    return oneParticipant(await this.#gateway.request("hand.lower", data, options));
  }

  async sendChat(text: string, options?: RequestOptions): Promise<MessageView> {
    return (await this.#gateway.request("message.send", { text }, options)).message;
  }

  /** Goes live. */
  startBroadcast(start: BroadcastOptions = {}, options?: RequestOptions): Promise<BroadcastView> {
    const { layout, ...rest } = start;
    const data = {
      ...rest,
      ...(layout && { layout: { name: layout } }),
      outputs: [{ type: "hls" as const }],
    };
    return this.#gateway.request("broadcast.start", data, options);
  }

  /** Changes the running broadcast; playback goes on without a break. */
  updateBroadcast(change: BroadcastChange, options?: RequestOptions): Promise<BroadcastView> {
    const { layout, ...rest } = change;
    const data = { broadcast: this.#broadcastId(), ...rest, ...(layout && { layout: { name: layout } }) };
    return this.#gateway.request("broadcast.update", data, options);
  }

  /** Ends the running broadcast. */
  stopBroadcast(options?: RequestOptions): Promise<BroadcastView> {
    return this.#gateway.request("broadcast.stop", { broadcast: this.#broadcastId() }, options);
  }

  /** A link with which others join in `role`. @throws OnstageError `permission_denied` for most roles */
  link(role: string, options?: RequestOptions): Promise<string> {
    return roomLink(this.#server, this.state.room.id, role, this.token, options?.signal);
  }

  /** The gateway tells when a show starts; until then the player need not ask much. */
  #isShowExpected(): boolean {
    const status = this.#state?.broadcast?.status;
    return status === "starting" || status === "live" || status === "stopping";
  }

  #broadcastId(): string {
    return this.state.broadcast?.id ?? "";
  }

  #wire(): void {
    this.#gateway.on("snapshot", (snapshot) => {
      this.#missed.reset();
      this.#setState(snapshot);
    });
    this.#gateway.on("dropped", ({ after_seq }) => this.#missed.dropped(after_seq));
    this.#gateway.on("event", (event) => this.#receive(event));
    this.#gateway.on("status", (status) => this.#events.emit("status", status as SessionStatus));
    this.#gateway.on("closed", (error) => this.#close(error));
    this.stage.on("media_failed", (error) => this.#events.emit("media_failed", error));
    this.stage.on("lost", ({ reason, sending }) => {
      // Whoever took the place keeps it: joining again would only take it back and forth.
      if (reason !== "DUPLICATE_IDENTITY") {
        this.#follower.lost(sending);
      }
    });
  }

  async #open(signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => this.#gateway.close();
      signal?.addEventListener("abort", giveUp);
      const offs = [
        this.#gateway.on("snapshot", () => finish(resolve)),
        this.#gateway.on("closed", (error) => finish(() => reject(error ?? OnstageError.client("aborted")))),
      ];
      const finish = (settle: () => void): void => {
        offs.forEach((off) => off());
        signal?.removeEventListener("abort", giveUp);
        settle();
      };
      window.addEventListener("online", this.#onOnline);
      this.#gateway.open();
    });
  }

  readonly #onOnline = (): void => this.#gateway.hurry();

  #receive(event: GatewayEvent): void {
    this.#missed.heard(event);
    const next = reduce(this.state, event);
    this.#events.emit<keyof SessionEventMap>(event.name, event.data);
    if (next !== this.#state) {
      this.#setState(next);
    }
    if (event.name === "broadcast.live") {
      this.player.check();
    }
  }

  #putMissed(messages: readonly MessageView[], changes: readonly GatewayEvent[]): void {
    messages.forEach((message) => this.#events.emit("message.sent", { message }));
    this.#setState(changes.reduce(reduce, withMissedMessages(this.state, messages)));
  }

  #setState(state: SnapshotView): void {
    this.#state = state;
    this.#events.emit("snapshot", state);
    this.#follower.follow(state.me);
  }

  /** The first access came with the join; later ones are asked for, since each lives for a minute only. */
  async #fetchAccess(): Promise<EngineAccess | null> {
    const first = this.#firstAccess;
    this.#firstAccess = null;
    return first ?? (await joinRoom(this.#server, { token: this.token })).engine;
  }

  #close(error: OnstageError | null): void {
    window.removeEventListener("online", this.#onOnline);
    this.#follower.stop();
    this.player.detach();
    this.#events.emit("closed", error);
  }
}

/** The reply to a request that named one participant, or nobody and so oneself; of many there are only counts. */
function oneParticipant(reply: object): ParticipantView {
  return (reply as ParticipantAnswer).participant;
}

function joinBody({ token, code, name }: JoinOptions): { token: string } | { code: string; name?: string } {
  if (token !== undefined) {
    return { token };
  }
  return { code: code ?? "", ...(name ? { name } : {}) };
}

function playbackUrl(server: string, { playback, room }: JoinReply): string {
  return playback?.url ?? new URL(`/live/${room.id}/index.m3u8`, server).href;
}
