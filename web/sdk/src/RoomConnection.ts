import { Emitter } from "./Emitter.js";
import type { GatewayEvent } from "./frames.js";
import { GatewayClient } from "./GatewayClient.js";
import { joinRoom, type EngineAccess, type JoinReply } from "./joinRoom.js";
import { messageFetcher } from "./MissedMessages.js";
import type { OnstageError } from "./OnstageError.js";
import type { PublishChoice } from "./options.js";
import { withPath } from "./playbackPass.js";
import { Player } from "./Player.js";
import type { SnapshotView } from "./protocol.js";
import { RoomApi } from "./RoomApi.js";
import { RoomState } from "./RoomState.js";
import type { SessionEventMap, SessionStatus } from "./sessionEvents.js";
import { StageConnection } from "./StageConnection.js";
import { StageFollower } from "./StageFollower.js";
import { welcomed } from "./welcomed.js";

/** What one participant's session consists of, tied together: gateway, state, stage and player. */
export class RoomConnection {
  readonly token: string;
  readonly api: RoomApi;
  readonly gateway: GatewayClient;
  readonly state: RoomState;
  readonly stage = new StageConnection();
  readonly player: Player;
  readonly events = new Emitter<SessionEventMap>();
  readonly #server: string;
  readonly #follower: StageFollower;
  #roles: JoinReply["roles"];
  #firstAccess: EngineAccess | null;
  /** The broadcast and its status that the player was told of. */
  #show: string | null = null;

  constructor(server: string, reply: JoinReply, publish: PublishChoice) {
    this.#server = server;
    this.token = reply.token;
    this.#roles = reply.roles;
    this.#firstAccess = reply.engine;
    this.api = new RoomApi(server, reply.room.id, reply.token);
    this.gateway = new GatewayClient(reply.gateway_url, reply.token, { rejoin: () => this.#joinAgain() });
    this.player = new Player(reply.playback.url, {
      isExpected: () => this.#isShowExpected(),
      dvrUrl: () => this.#dvrUrl(),
      renewUrl: async () => (await this.#joinAgain()).playback.url,
    });
    this.state = new RoomState(messageFetcher(this.api), {
      changed: (snapshot) => this.#changed(snapshot),
      fetched: (message) => this.events.emit("message.sent", { message }),
    });
    this.#follower = new StageFollower({
      stage: this.stage,
      fetchAccess: () => this.#fetchAccess(),
      onFailed: (error) => this.events.emit("stage_failed", error),
      publish,
    });
    this.#wireGateway();
    this.#wireStage();
  }

  /** The roles of the room's template, as of the last join. */
  get roles(): JoinReply["roles"] {
    return this.#roles;
  }

  /** Connects, and resolves once the state is known. */
  async open(signal?: AbortSignal): Promise<void> {
    window.addEventListener("online", this.#onOnline);
    await welcomed(this.gateway, signal);
  }

  readonly #onOnline = (): void => this.gateway.hurry();

  #wireGateway(): void {
    this.gateway.on("snapshot", (snapshot) => this.state.replace(snapshot));
    this.gateway.on("dropped", ({ after_seq }) => this.state.dropped(after_seq));
    this.gateway.on("event", (event) => this.#receive(event));
    this.gateway.on("status", (status) => this.events.emit("status", status as SessionStatus));
    this.gateway.on("closed", (error) => this.#close(error));
  }

  #wireStage(): void {
    this.stage.on("media_failed", (error) => this.events.emit("media_failed", error));
    this.stage.on("lost", ({ reason, sending }) => {
      // Whoever took the place keeps it: joining again would only take it back and forth.
      if (reason !== "DUPLICATE_IDENTITY") {
        this.#follower.lost(sending);
      }
    });
  }

  #receive(event: GatewayEvent): void {
    this.state.apply(event, () => this.events.emit<keyof SessionEventMap>(event.name, event.data));
  }

  #changed(snapshot: SnapshotView): void {
    this.#followShow(snapshot.broadcast);
    this.events.emit("snapshot", snapshot);
    this.stage.follow(snapshot, this.#roles[snapshot.me.role]?.publish ?? {});
    this.#follower.follow(snapshot.me);
  }

  /** The gateway tells when a show is there, whether by an event or by a snapshot after a gap. */
  #followShow(broadcast: SnapshotView["broadcast"]): void {
    const show = broadcast && `${broadcast.id} ${broadcast.status}`;
    if (show !== this.#show) {
      this.#show = show;
      this.player.check();
    }
  }

  #dvrUrl(): string | null {
    const path = this.state.known?.broadcast?.dvr_path ?? null;
    return path === null ? null : withPath(this.player.url, path);
  }

  /** Until it is live it has no playlist, and from its stopping on not for long. */
  #isShowExpected(): boolean {
    return this.state.known?.broadcast?.status === "live";
  }

  /** The first access came with the join; later ones are asked for, since each lives for a minute only. */
  async #fetchAccess(): Promise<EngineAccess | null> {
    const first = this.#firstAccess;
    this.#firstAccess = null;
    return first ?? (await this.#joinAgain()).engine;
  }

  /** As who is here already: a room that refuses a second connection knows this one by its id. */
  async #joinAgain(): Promise<JoinReply> {
    const { connectionId } = this.gateway;
    const body = { token: this.token, ...(connectionId !== null && { connection_id: connectionId }) };
    const reply = await joinRoom(this.#server, body);
    this.#roles = reply.roles;
    this.player.move(reply.playback.url);
    return reply;
  }

  #close(error: OnstageError | null): void {
    window.removeEventListener("online", this.#onOnline);
    this.#follower.stop();
    this.player.detach();
    this.events.emit("closed", error);
  }
}
