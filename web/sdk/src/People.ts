import { toWire, type Camel } from "./camel.js";
import type { PromoteOptions, RequestOptions } from "./options.js";
import type {
  BanAnswer,
  BanParticipant,
  ChangeParticipant,
  Level,
  MuteParticipants,
  MutedAnswer,
  ParticipantAnswer,
  ParticipantView,
  PromoteParticipant,
  Source,
  UnbanAnswer,
} from "./protocol.js";
import type { Ask, PromoteReply } from "./requests.js";
import type { Page, RoomApi } from "./RoomApi.js";

/** Whom to mute: all on stage, unless `role` says which of them; all they send, unless `source` says what. */
export type MuteOptions = Camel<Omit<MuteParticipants, "participant">>;

/** What changes of somebody; what is left out stays. An attribute that is null is taken away. */
export type ParticipantChange = Camel<Omit<ChangeParticipant, "participant">>;

/** Which people to list. */
export interface PeopleFilter {
  readonly level?: Level;
  readonly role?: string;
  readonly nameContains?: string;
  readonly handRaised?: boolean;
  /** At most so many; 1 to 200, 50 unless given. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
}

/**
 * What is done to people, each with the permission of its name. `participant` is an id or an identity.
 * Who is on stage and in the audience is in `session.state.participants`; `list` has the viewers as well.
 */
export class People {
  readonly #ask: Ask;
  readonly #api: RoomApi;

  /** @internal */
  constructor(ask: Ask, api: RoomApi) {
    this.#ask = ask;
    this.#api = api;
  }

  /** Brings somebody on stage: asks them, unless `force`. */
  promote(participant: string, change: PromoteOptions = {}, options?: RequestOptions): Promise<PromoteReply> {
    const data = { ...toWire<Omit<PromoteParticipant, "participant">>(change), participant };
    return this.#ask("participant.promote", data, options);
  }

  /** Sends somebody, or oneself, back to where they were before they came on stage, or to `role`. */
  async demote(participant: string, role?: string, options?: RequestOptions): Promise<ParticipantView> {
    const data = { participant, ...(role !== undefined && { role }) };
    return (await this.#ask("participant.demote", data, options)).participant;
  }

  /** Gives somebody another role: asks them, unless `force`. */
  setRole(
    participant: string,
    role: string,
    change: Omit<PromoteOptions, "role"> = {},
    options?: RequestOptions,
  ): Promise<PromoteReply> {
    const data = { ...toWire<Omit<PromoteParticipant, "participant" | "role">>(change), participant, role };
    return this.#ask("participant.set_role", data, options);
  }

  /** Mutes one source of somebody; only they can turn it on again. */
  async mute(
    participant: string,
    source: Source = "microphone",
    options?: RequestOptions,
  ): Promise<ParticipantView> {
    const reply = await this.#ask("participant.mute", { participant, source }, options);
    return (reply as ParticipantAnswer).participant;
  }

  /** Mutes all on stage, or all of a role. The answer is whom that silenced, by id. */
  async muteAll(which: MuteOptions = {}, options?: RequestOptions): Promise<readonly string[]> {
    const reply = await this.#ask("participant.mute", toWire<MuteParticipants>(which), options);
    return (reply as MutedAnswer).muted;
  }

  /** Asks somebody on stage to unmute; they alone can. */
  async requestUnmute(
    participant: string,
    source: Source = "microphone",
    options?: RequestOptions,
  ): Promise<ParticipantView> {
    return (await this.#ask("participant.request_unmute", { participant, source }, options)).participant;
  }

  /** Takes somebody's right to chat, or gives it back. */
  async muteChat(participant: string, muted = true, options?: RequestOptions): Promise<ParticipantView> {
    return (await this.#ask("participant.mute_chat", { participant, muted }, options)).participant;
  }

  /** Leaves somebody on stage out of the show, or calls them into it. */
  async setBackstage(
    participant: string,
    backstage: boolean,
    options?: RequestOptions,
  ): Promise<ParticipantView> {
    return (await this.#ask("participant.set_backstage", { participant, backstage }, options)).participant;
  }

  /** Puts somebody out; they can't come back into this session. */
  async remove(participant: string, reason?: string, options?: RequestOptions): Promise<ParticipantView> {
    const data = { participant, ...(reason !== undefined && { reason }) };
    return (await this.#ask("participant.remove", data, options)).participant;
  }

  /** Keeps a `participant`, or any `identity`, out of the room; whoever is there under it is put out. */
  ban(ban: Camel<BanParticipant>, options?: RequestOptions): Promise<BanAnswer> {
    return this.#ask("participant.ban", toWire<BanParticipant>(ban), options);
  }

  /** Lets an identity in again that was banned or removed. */
  unban(identity: string, options?: RequestOptions): Promise<UnbanAnswer> {
    return this.#ask("participant.unban", { identity }, options);
  }

  /** Changes somebody's name, metadata or attributes. */
  async update(
    participant: string,
    change: ParticipantChange,
    options?: RequestOptions,
  ): Promise<ParticipantView> {
    return (await this.#ask("participant.update", { ...change, participant }, options)).participant;
  }

  /** A page of the people who are here, viewers too (`participant.list`). */
  list(filter: PeopleFilter = {}, options?: RequestOptions): Promise<Page<ParticipantView>> {
    return this.#api.get("/participants", { ...filter }, options);
  }
}
