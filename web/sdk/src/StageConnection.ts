import type { Room, RoomOptions, TrackPublication } from "livekit-client";
import { captureTracks, type Captured } from "./captureTracks.js";
import { describeStage, type StageMedia } from "./describeStage.js";
import { Emitter } from "./Emitter.js";
import type { EngineAccess } from "./joinRoom.js";
import { loadLivekit, type Livekit } from "./loadLivekit.js";
import { mayPublish } from "./mayPublish.js";
import { OnstageError } from "./OnstageError.js";
import type { DeviceChoice, PublishChoice } from "./options.js";
import type { SnapshotView } from "./protocol.js";
import { captureOptions, publishOptions, type Limits } from "./publishLimits.js";
import { StageAudio } from "./StageAudio.js";
import { Subscriptions } from "./Subscriptions.js";

export type StageStatus = "disconnected" | "connecting" | "connected" | "reconnecting";

/** What this client sends. */
export interface LocalSources {
  readonly camera: boolean;
  readonly microphone: boolean;
  readonly screen: boolean;
}

interface StageEvents {
  status: StageStatus;
  /** Somebody came, left, spoke, or changed what they send. */
  media: readonly StageMedia[];
  /** The browser plays no sound until the person has clicked; see `allowAudio`. */
  audio_blocked: boolean;
  /** A device could not be started, or its track was not taken. The connection stands. */
  media_failed: OnstageError;
  /** The connection ended without `leave`. */
  lost: { readonly reason: string; readonly sending: PublishChoice };
}

const ROOM_OPTIONS: RoomOptions = {
  adaptiveStream: true,
  dynacast: true,
  publishDefaults: { simulcast: true },
};
const NOTHING: LocalSources = { camera: false, microphone: false, screen: false };
const SEND_NOTHING: PublishChoice = { camera: false, microphone: false };

/** The WebRTC side: who is seen and heard, and what this client sends. Nothing is loaded before `enter`. */
export class StageConnection {
  readonly #events = new Emitter<StageEvents>();
  readonly #audio = new StageAudio();
  readonly #subscriptions = new Subscriptions();
  #limits: Limits = {};
  #room: Room | null = null;
  #livekit: Livekit | null = null;
  /** What to send again if the connection is lost. */
  #sending = SEND_NOTHING;
  #status: StageStatus = "disconnected";
  #media: readonly StageMedia[] = [];
  #isDescribing = false;
  /** Tells an `enter` that was overtaken by `leave`. */
  #entry = 0;

  get status(): StageStatus {
    return this.#status;
  }

  /** Everybody on the stage, this client first. */
  get media(): readonly StageMedia[] {
    return this.#media;
  }

  /** What this client sends now. */
  get local(): LocalSources {
    const local = this.#room?.localParticipant;
    return local
      ? {
          camera: local.isCameraEnabled,
          microphone: local.isMicrophoneEnabled,
          screen: local.isScreenShareEnabled,
        }
      : NOTHING;
  }

  get isAudioBlocked(): boolean {
    return this.#room !== null && this.#status === "connected" && !this.#room.canPlaybackAudio;
  }

  /** The connection below, for diagnostics. @internal */
  get room(): Room | null {
    return this.#room;
  }

  on<Name extends keyof StageEvents>(name: Name, listener: (data: StageEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** Keeps to what my role may send and whose tracks it gets. What is being sent stays as it is. @internal */
  follow(snapshot: SnapshotView, limits: Limits): void {
    this.#limits = limits;
    this.#subscriptions.follow(snapshot);
    this.#subscribe();
  }

  /**
   * Connects, and sends what `choice` says. Devices start while the server is asked and the connection is made.
   *
   * @throws OnstageError `stage_unreachable`, or what `access` fails with
   */
  async enter(access: Promise<EngineAccess>, choice: PublishChoice | null): Promise<void> {
    this.#setStatus("connecting");
    this.#entry += 1;
    const entry = this.#entry;
    this.#sending = choice ?? SEND_NOTHING;
    const captured = choice ? captureTracks(choice, this.#limits) : null;
    try {
      const [livekit, { url, token }] = await Promise.all([loadLivekit(), access]);
      if (entry !== this.#entry) {
        throw OnstageError.client("aborted");
      }
      const room = this.#newRoom(livekit);
      const connecting = room.connect(url, token, { autoSubscribe: this.#subscriptions.begin() });
      await Promise.all([connecting, captured?.then((them) => this.#send(room, them))]);
      this.#setStatus("connected");
      this.#subscribe();
      this.#describeSoon();
    } catch (error) {
      void captured?.then(({ tracks }) => tracks.forEach((track) => track.stop()));
      if (entry === this.#entry) {
        await this.leave();
      }
      throw OnstageError.from(error, "stage_unreachable");
    }
  }

  /** Disconnects and lets go of the devices. */
  async leave(): Promise<void> {
    const room = this.#room;
    this.#room = null;
    this.#entry += 1;
    this.#audio.clear();
    this.#setMedia([]);
    this.#setStatus("disconnected");
    await room?.disconnect();
  }

  /**
   * Sends what `choice` says over the connection there is, as soon as the engine allows it.
   *
   * @throws OnstageError `stage_unreachable` if the engine does not allow it in time
   */
  async publish(choice: PublishChoice): Promise<void> {
    const room = this.#connectedRoom();
    this.#sending = choice;
    const captured = captureTracks(choice, this.#limits);
    if (!(await mayPublish(room))) {
      (await captured).tracks.forEach((track) => track.stop());
      throw OnstageError.client("stage_unreachable", "The engine did not allow publishing in time.");
    }
    await this.#send(room, await captured);
  }

  /** Stops sending anything, and lets go of the devices; the connection stays. */
  async unpublish(): Promise<void> {
    const local = this.#room?.localParticipant;
    this.#sending = SEND_NOTHING;
    const publications = [...(local?.trackPublications.values() ?? [])];
    const tracks = publications.flatMap(({ track }) => (track ? [track] : []));
    await local?.unpublishTracks(tracks);
    this.#describeSoon();
  }

  /** Turns the camera on or off. @throws OnstageError `device_…` or `publish_failed` */
  async setCamera(choice: DeviceChoice): Promise<void> {
    const device = typeof choice === "string" ? { deviceId: choice } : {};
    const capture = { ...device, ...captureOptions(this.#limits.camera) };
    const publish = publishOptions("camera", this.#limits.camera);
    await this.#change((room) => room.localParticipant.setCameraEnabled(choice !== false, capture, publish));
    this.#sending = { ...this.#sending, camera: choice };
  }

  /** Turns the microphone on or off. @throws OnstageError `device_…` or `publish_failed` */
  async setMicrophone(choice: DeviceChoice): Promise<void> {
    const device = typeof choice === "string" ? { deviceId: choice } : {};
    const publish = publishOptions("microphone", this.#limits.microphone);
    await this.#change((room) =>
      room.localParticipant.setMicrophoneEnabled(choice !== false, device, publish),
    );
    this.#sending = { ...this.#sending, microphone: choice };
  }

  /** Starts or stops sharing the screen. @throws OnstageError `device_…`; cancelling the picker is `device_denied` */
  async setScreenShare(isOn: boolean): Promise<void> {
    const { screen_share: picture, screen_share_audio: sound } = this.#limits;
    const capture = { audio: true, ...captureOptions(picture) };
    const publish = {
      ...publishOptions("screen_share_audio", sound),
      ...publishOptions("screen_share", picture),
    };
    await this.#change((room) => room.localParticipant.setScreenShareEnabled(isOn, capture, publish));
  }

  /** Sends from another camera or microphone. */
  async switchDevice(kind: "audioinput" | "videoinput", deviceId: string): Promise<void> {
    await this.#change((room) => room.switchActiveDevice(kind, deviceId));
  }

  /** Starts the sound; call it from a click. */
  async allowAudio(): Promise<void> {
    await this.#room?.startAudio();
  }

  #subscribe(): void {
    if (this.#room) {
      this.#subscriptions.apply(this.#room.remoteParticipants.values());
    }
  }

  #connectedRoom(): Room {
    if (!this.#room || this.#status === "disconnected") {
      throw OnstageError.client("stage_unreachable", "There is no connection to the stage.");
    }
    return this.#room;
  }

  async #change(action: (room: Room) => Promise<unknown>): Promise<void> {
    const room = this.#connectedRoom();
    try {
      await action(room);
    } catch (error) {
      throw OnstageError.device(error);
    } finally {
      this.#describeSoon();
    }
  }

  async #send(room: Room, { tracks, failure }: Captured): Promise<void> {
    if (failure) {
      this.#events.emit("media_failed", failure);
    }
    // The picture first and alone: sound, which is ready sooner, would have the others negotiate twice before it.
    const pictureFirst = [...tracks].sort((one, other) => other.kind.localeCompare(one.kind));
    for (const track of pictureFirst) {
      try {
        const source = track.mediaStreamTrack.kind === "audio" ? "microphone" : "camera";
        await room.localParticipant.publishTrack(track, publishOptions(source, this.#limits[source]));
      } catch (error) {
        track.stop();
        this.#events.emit("media_failed", OnstageError.from(error, "publish_failed"));
      }
    }
    this.#describeSoon();
  }

  #newRoom(livekit: Livekit): Room {
    const { RoomEvent, DisconnectReason, Track } = livekit;
    const room = new livekit.Room(ROOM_OPTIONS);
    this.#room = room;
    this.#livekit = livekit;
    this.#watch(room, livekit);
    room.on(RoomEvent.TrackPublished, (_, publisher) => this.#subscriptions.apply([publisher]));
    room.on(RoomEvent.TrackSubscribed, (track) => {
      if (track.kind === Track.Kind.Audio) {
        this.#audio.add(track);
      }
    });
    room.on(RoomEvent.TrackUnsubscribed, (track) => this.#audio.remove(track));
    room.on(RoomEvent.TrackMuted, (publication, { isLocal }) => this.#muted(publication, isLocal, livekit));
    room.on(RoomEvent.Reconnecting, () => this.#setStatus("reconnecting"));
    room.on(RoomEvent.Reconnected, () => this.#setStatus("connected"));
    room.on(RoomEvent.AudioPlaybackStatusChanged, () =>
      this.#events.emit("audio_blocked", this.isAudioBlocked),
    );
    room.on(RoomEvent.Disconnected, (reason) => {
      if (this.#room === room && this.#status !== "connecting") {
        const sending = this.#sending;
        void this.leave();
        this.#events.emit("lost", {
          reason: DisconnectReason[reason ?? DisconnectReason.UNKNOWN_REASON],
          sending,
        });
      }
    });
    return room;
  }

  /** A host may mute this client: a later reconnect must not undo that. */
  #muted({ source }: TrackPublication, isLocal: boolean, { Track }: Livekit): void {
    if (isLocal && source === Track.Source.Microphone) {
      this.#sending = { ...this.#sending, microphone: false };
    } else if (isLocal && source === Track.Source.Camera) {
      this.#sending = { ...this.#sending, camera: false };
    }
  }

  #watch(room: Room, { RoomEvent }: Livekit): void {
    const changes = [
      RoomEvent.ParticipantConnected,
      RoomEvent.ParticipantDisconnected,
      RoomEvent.TrackSubscribed,
      RoomEvent.TrackUnsubscribed,
      RoomEvent.TrackMuted,
      RoomEvent.TrackUnmuted,
      RoomEvent.LocalTrackPublished,
      RoomEvent.LocalTrackUnpublished,
      RoomEvent.ActiveSpeakersChanged,
      RoomEvent.ParticipantPermissionsChanged,
      RoomEvent.Reconnected,
    ] as const;
    changes.forEach((name) => room.on(name, () => this.#describeSoon()));
  }

  /** Several changes at once are told once. */
  #describeSoon(): void {
    if (!this.#isDescribing) {
      this.#isDescribing = true;
      queueMicrotask(() => {
        this.#isDescribing = false;
        this.#setMedia(this.#room && this.#livekit ? describeStage(this.#room, this.#livekit) : []);
      });
    }
  }

  #setMedia(media: readonly StageMedia[]): void {
    this.#media = media;
    this.#events.emit("media", media);
  }

  #setStatus(status: StageStatus): void {
    if (status !== this.#status) {
      this.#status = status;
      this.#events.emit("status", status);
    }
  }
}
