import { toWire, type Camel } from "./camel.js";
import type { RequestOptions } from "./options.js";
import type {
  ChangePlayback,
  MediaFileView,
  MediaPlaybackView,
  PlayInBroadcast,
  SnapshotView,
} from "./protocol.js";
import type { Ask } from "./requests.js";
import type { Page, RoomApi } from "./RoomApi.js";

/** What to play, by `url` or `mediaId`, and how. */
export type PlayOptions = Partial<Camel<Omit<PlayInBroadcast, "broadcast">>>;

/** What of a playback changes; what is absent stays. */
export type PlaybackChange = Partial<Camel<Omit<ChangePlayback, "broadcast" | "playback">>>;

/** Files that are played into the show (`media.play`). What plays is `session.state.media`. */
export class Media {
  readonly #ask: Ask;
  readonly #api: RoomApi;
  readonly #snapshot: () => SnapshotView;

  /** @internal */
  constructor(ask: Ask, api: RoomApi, snapshot: () => SnapshotView) {
    this.#ask = ask;
    this.#api = api;
    this.#snapshot = snapshot;
  }

  /**
   * Plays a file into the show. `media.started` tells when it is seen, `media.ended` how it ended.
   *
   * @throws OnstageError `broadcast_over`, `url_not_allowed`, `media_file_not_found`, `media_limit`
   */
  play(play: PlayOptions, options?: RequestOptions): Promise<MediaPlaybackView> {
    const data = { broadcast: this.#broadcast, ...toWire<Partial<PlayInBroadcast>>(play) };
    return this.#ask("media.play", data, options);
  }

  /** Changes volume, pause, loop or position. @throws OnstageError `playback_not_found`, `playback_over` */
  update(playback: string, change: PlaybackChange, options?: RequestOptions): Promise<MediaPlaybackView> {
    const data = { broadcast: this.#broadcast, playback, ...toWire<Partial<ChangePlayback>>(change) };
    return this.#ask("media.update", data, options);
  }

  /** Stands still, with its last picture, until it is resumed. @throws OnstageError as `update` */
  pause(playback: string, options?: RequestOptions): Promise<MediaPlaybackView> {
    return this.update(playback, { isPaused: true }, options);
  }

  /** Plays on. @throws OnstageError as `update` */
  resume(playback: string, options?: RequestOptions): Promise<MediaPlaybackView> {
    return this.update(playback, { isPaused: false }, options);
  }

  /** Goes to that moment of the file, in milliseconds. @throws OnstageError as `update` */
  seek(playback: string, positionMs: number, options?: RequestOptions): Promise<MediaPlaybackView> {
    return this.update(playback, { positionMs }, options);
  }

  /** 100 is as loud as in the file, 200 twice as loud. @throws OnstageError as `update` */
  setVolume(playback: string, volumePercent: number, options?: RequestOptions): Promise<MediaPlaybackView> {
    return this.update(playback, { volumePercent }, options);
  }

  /** Plays it no more. @throws OnstageError `playback_not_found`, `playback_over` */
  stop(playback: string, options?: RequestOptions): Promise<MediaPlaybackView> {
    return this.#ask("media.stop", { broadcast: this.#broadcast, playback }, options);
  }

  /**
   * Uploads a file, to be played by its `media_id`.
   *
   * @throws OnstageError `media_unplayable`, `body_too_large`, `media_limit`
   */
  upload(file: Blob, name = "", options?: Pick<RequestOptions, "signal">): Promise<MediaFileView> {
    return this.#api.upload("/media", file, { name: name || undefined }, options);
  }

  /** The room's uploaded files, newest first. */
  files(cursor?: string, options?: Pick<RequestOptions, "signal">): Promise<Page<MediaFileView>> {
    return this.#api.get("/media", { cursor }, options);
  }

  get #broadcast(): string {
    return this.#snapshot().broadcast?.id ?? "";
  }
}
