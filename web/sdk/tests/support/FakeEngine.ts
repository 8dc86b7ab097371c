import { NO_CHOICES, type Choices, type Wish } from "../../src/Choices.js";
import type { EngineStats, PlaybackEngine, PlaybackReport } from "../../src/PlaybackEngine.js";
import type { FakeClock } from "./FakeClock.js";

/** Notes what it is told, and plays nothing. */
export class FakeEngine implements PlaybackEngine {
  readonly calls: string[] = [];
  readonly report: PlaybackReport;
  readonly #clock: FakeClock;
  behind = 0.1;
  /** How far its playlist reaches back. */
  firstDateMs = Number.POSITIVE_INFINITY;
  chosen: Choices = NO_CHOICES;

  constructor(report: PlaybackReport, clock: FakeClock) {
    this.report = report;
    this.#clock = clock;
  }

  load(url: string, fromDateMs?: number): void {
    this.calls.push(url.includes("dvr.m3u8") ? `load dvr from ${String(fromDateMs)}` : "load");
  }

  move(url: string): void {
    this.calls.push(`move ${url}`);
  }

  resume(): void {
    this.calls.push("resume");
  }

  playingDateMs(): number {
    return this.#clock.now() - 1_700;
  }

  behindS(): number {
    return this.behind;
  }

  seekToLive(): void {
    this.calls.push("seekToLive");
  }

  seekToDate(dateMs: number): boolean {
    this.calls.push(`seek to ${String(dateMs)}`);
    return dateMs >= this.firstDateMs;
  }

  choices(): Choices {
    return this.chosen;
  }

  choose({ height = null }: Wish): void {
    this.chosen = { ...this.chosen, chosenHeight: height };
    this.report.onChoices();
  }

  stats(): EngineStats {
    return { bandwidthBps: 5_000_000, bufferedS: 1.5 };
  }

  destroy(): void {
    this.calls.push("destroy");
  }
}
