import type { Camel } from "./camel.js";
import type {
  CanvasShape,
  CaptionTrack,
  LayoutName,
  LayoutPatch,
  Mark,
  MixPatch,
  LookPatch,
  PromoteParticipant,
  Quality,
  RtmpOutput,
} from "./protocol.js";

/** A doubling delay with an upper bound. */
export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** How the gateway connection behaves. */
export interface GatewayOptions {
  readonly backoff: BackoffOptions;
  /** A connection that is not welcomed within this is given up. */
  readonly helloTimeoutMs: number;
  /** The server pings every 15 s; a longer silence means the connection is dead. */
  readonly silenceTimeoutMs: number;
  /** A request without an answer fails after this. */
  readonly requestTimeoutMs: number;
}

/** How the player waits and recovers. */
export interface PlayerOptions {
  /** Used where a 404 has no `Retry-After`. */
  readonly retryAfterMs: number;
  /** Longest wait between two looks, whatever the server asks for. */
  readonly maxRetryAfterMs: number;
  /** Added at random to each wait, so that viewers don't come back as one. */
  readonly jitterMs: number;
  readonly backoff: BackoffOptions;
  /** hls.js speeds up to this to reach the live edge; at 1 it stays 0.4–0.9 s behind. */
  readonly maxLiveSyncPlaybackRate: number;
  /** Further behind its target than this, the player jumps instead of speeding up. */
  readonly jumpBehindS: number;
}

/** Which device to send: false = none, true = the default one, or a device id. */
export type DeviceChoice = boolean | string;

/** What to send once on stage. */
export interface PublishChoice {
  readonly camera: DeviceChoice;
  readonly microphone: DeviceChoice;
}

/** How to join. One of `token` and `code`. */
export interface JoinOptions {
  /** The server's origin, such as `https://live.example.org`; the page's own when left out. */
  readonly server?: string;
  readonly token?: string;
  readonly code?: string;
  readonly name?: string;
  /** What to send when on stage; what the role does not allow is left out. Default: both. */
  readonly publish?: PublishChoice;
  readonly signal?: AbortSignal;
}

/** For one request. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** What a promotion or another role gives; without `force` the participant is asked first. */
export type PromoteOptions = Camel<Omit<PromoteParticipant, "participant" | "role">> & {
  readonly role?: string;
};

/** An arrangement by name, or what of it is to change. */
export type LayoutChange = LayoutName | LayoutPatch;

/** Which of a room's running broadcasts. */
export interface WhichBroadcast {
  /** Its id; the newest when absent. */
  readonly broadcast?: string;
}

/** How a broadcast starts. */
export interface BroadcastOptions {
  readonly layout?: LayoutChange;
  /** What lies on and around the people. */
  readonly look?: LookPatch;
  readonly canvas?: CanvasShape;
  readonly quality?: Quality;
  readonly title?: string;
  /** What it is fed to besides HLS. */
  readonly outputs?: readonly RtmpOutput[];
  /** Seconds after it went live at which it is stopped; 0 is never, absent what the room's template says. */
  readonly maxDurationS?: number;
  /** Languages in which there will be captions. */
  readonly captions?: readonly CaptionTrack[];
  /** What the show marks on its timeline by itself, as metadata. */
  readonly marks?: readonly Mark[];
}

/** What of a running broadcast changes. */
export interface BroadcastChange extends WhichBroadcast {
  readonly layout?: LayoutChange;
  /** What lies on and around the people. */
  readonly look?: LookPatch;
  readonly title?: string;
  /** Whose sound or picture is left out of the show; what is absent stays. */
  readonly mix?: MixPatch;
  /** What the show marks on its timeline from now on. */
  readonly marks?: readonly Mark[];
}
