import { Backoff } from "./Backoff.js";
import { systemClock, type Clock } from "./clock.js";
import { STAGE_BACKOFF } from "./defaults.js";
import type { EngineAccess } from "./joinRoom.js";
import { OnstageError } from "./OnstageError.js";
import type { PublishChoice } from "./options.js";
import type { Level, ParticipantView } from "./protocol.js";
import { sleep } from "./sleep.js";
import type { StageConnection } from "./StageConnection.js";

/** The part of a StageConnection that is steered. */
export type SteeredStage = Pick<StageConnection, "enter" | "leave" | "publish" | "unpublish">;

export interface StageFollowerParts {
  readonly stage: SteeredStage;
  /** Asks the server for the right to join the engine; null while this participant has none. */
  readonly fetchAccess: () => Promise<EngineAccess | null>;
  /** Told of each failed attempt; the follower goes on trying. */
  readonly onFailed: (error: OnstageError) => void;
  readonly publish: PublishChoice;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/**
 * Keeps the stage connection where the participant's level says: on stage it sends, in the audience it only
 * receives, a viewer has none. One step at a time; what changes meanwhile is caught up with afterwards.
 */
export class StageFollower {
  readonly #parts: StageFollowerParts;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  #target: Level = "viewer";
  #reached: Level = "viewer";
  #me: ParticipantView | null = null;
  #publish: PublishChoice;
  /** Coming back after a loss, what was being sent counts, not how the promotion began. */
  #isComingBack = false;
  #isRunning = false;
  #wake = new AbortController();

  constructor(parts: StageFollowerParts) {
    this.#parts = parts;
    this.#publish = parts.publish;
    this.#clock = parts.clock ?? systemClock;
    this.#backoff = new Backoff(STAGE_BACKOFF, parts.random ?? Math.random);
  }

  /** The participant as they are now. */
  follow(me: ParticipantView): void {
    this.#me = me;
    const target = me.presence === "joined" ? me.level : "viewer";
    if (target !== this.#target) {
      this.#target = target;
      this.#isComingBack = false;
      this.#publish = this.#parts.publish;
      this.#backoff.reset();
      this.#wake.abort();
    }
    void this.#run();
  }

  /** The connection was lost; `publish` is what was being sent. */
  lost(publish: PublishChoice): void {
    this.#reached = "viewer";
    this.#publish = publish;
    this.#isComingBack = true;
    void this.#run();
  }

  /** Leaves the stage for good. */
  stop(): void {
    this.#target = "viewer";
    this.#wake.abort();
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#isRunning) {
      return;
    }
    this.#isRunning = true;
    while (this.#reached !== this.#target) {
      await this.#attempt(this.#target);
    }
    this.#isRunning = false;
  }

  async #attempt(target: Level): Promise<void> {
    try {
      await this.#go(target);
      this.#reached = target;
      this.#backoff.reset();
    } catch (error) {
      this.#reached = "viewer";
      if (this.#target === target) {
        this.#parts.onFailed(OnstageError.from(error, "stage_unreachable"));
        this.#wake = new AbortController();
        await sleep(this.#clock, this.#backoff.nextDelayMs(), this.#wake.signal);
      }
    }
  }

  async #go(target: Level): Promise<void> {
    const { stage } = this.#parts;
    if (target === "viewer") {
      await stage.leave();
    } else if (this.#reached === "viewer") {
      await stage.enter(this.#access(), target === "stage" ? this.#allowed() : null);
    } else if (target === "audience") {
      await stage.unpublish();
    } else {
      await this.#publishOrReenter();
    }
  }

  /** The engine grants publishing on the same connection where it can; else a new one is made (design §10.9). */
  async #publishOrReenter(): Promise<void> {
    const { stage } = this.#parts;
    try {
      await stage.publish(this.#allowed());
    } catch {
      await stage.leave();
      await stage.enter(this.#access(), this.#allowed());
    }
  }

  async #access(): Promise<EngineAccess> {
    const access = await this.#parts.fetchAccess();
    if (!access) {
      throw OnstageError.client("stage_unreachable", "The server gave no access to the stage.");
    }
    return access;
  }

  /** What was chosen, less what the promotion does not allow or wants off at first. */
  #allowed(): PublishChoice {
    const { camera, microphone } = this.#publish;
    const me = this.#me;
    const isOff = (wished: boolean | undefined): boolean => wished === true && !this.#isComingBack;
    return {
      camera: me?.sources.includes("camera") && !isOff(me.join_video_muted) ? camera : false,
      microphone: me?.sources.includes("microphone") && !isOff(me.join_audio_muted) ? microphone : false,
    };
  }
}
