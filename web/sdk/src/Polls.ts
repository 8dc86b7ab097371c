import type { RequestOptions } from "./options.js";
import type {
  CreatePoll,
  GiveAnswer,
  LeaderView,
  PollStatus,
  PollView,
  ResultsView,
  VoteView,
} from "./protocol.js";
import type { Ask } from "./requests.js";
import type { Page, RoomApi } from "./RoomApi.js";

/** Which part of a list. */
export interface PageOptions {
  /** At most so many; 1 to 200, 50 unless given. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
}

/**
 * Polls and quizzes. Those that run or have just stopped are in `session.state.polls`, one's own votes in
 * `session.state.votes`.
 */
export class Polls {
  readonly #ask: Ask;
  readonly #api: RoomApi;

  /** @internal */
  constructor(ask: Ask, api: RoomApi) {
    this.#ask = ask;
    this.#api = api;
  }

  /** Prepares a poll, which nobody sees before `start`. */
  create(poll: CreatePoll, options?: RequestOptions): Promise<PollView> {
    return this.#ask("poll.create", poll, options);
  }

  /** Shows it and takes votes. */
  start(poll: string, options?: RequestOptions): Promise<PollView> {
    return this.#ask("poll.start", { poll }, options);
  }

  /** Takes no more votes. */
  stop(poll: string, options?: RequestOptions): Promise<PollView> {
    return this.#ask("poll.stop", { poll }, options);
  }

  /** Answers some or all of the questions, each once. */
  vote(poll: string, answers: readonly GiveAnswer[], options?: RequestOptions): Promise<VoteView> {
    return this.#ask("poll.vote", { poll, answers }, options);
  }

  /** What the votes amount to. @throws OnstageError `poll_results_hidden` for who may not see it yet */
  results(poll: string, options?: RequestOptions): Promise<ResultsView> {
    return this.#api.get(`/polls/${encodeURIComponent(poll)}/results`, {}, options);
  }

  /** A quiz's places, the best first. */
  leaders(poll: string, page: PageOptions = {}, options?: RequestOptions): Promise<Page<LeaderView>> {
    return this.#api.get(`/polls/${encodeURIComponent(poll)}/leaderboard`, { ...page }, options);
  }

  /** The room's polls, newest first; those that have not started only for who prepares them. */
  list(
    filter: PageOptions & { readonly status?: PollStatus } = {},
    options?: RequestOptions,
  ): Promise<Page<PollView>> {
    return this.#api.get("/polls", { ...filter }, options);
  }
}
