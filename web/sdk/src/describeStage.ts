import type { Participant, Room, Track } from "livekit-client";
import type { Livekit } from "./loadLivekit.js";
import { StageVideo } from "./StageVideo.js";

/** What one participant sends now. */
export interface StageMedia {
  readonly identity: string;
  readonly isLocal: boolean;
  /** null where there is no camera, or it is off. */
  readonly camera: StageVideo | null;
  readonly screen: StageVideo | null;
  readonly isMicrophoneOn: boolean;
  readonly isSpeaking: boolean;
}

const videos = new WeakMap<Track, StageVideo>();

/** Everybody on the stage as the engine knows them, this client first. */
export function describeStage(room: Room, { Track: { Source } }: Livekit): StageMedia[] {
  return [room.localParticipant, ...room.remoteParticipants.values()].map((participant) => ({
    identity: participant.identity,
    isLocal: participant.isLocal,
    camera: video(participant, Source.Camera),
    screen: video(participant, Source.ScreenShare),
    isMicrophoneOn: participant.isMicrophoneEnabled,
    isSpeaking: participant.isSpeaking,
  }));
}

function video(participant: Participant, source: Track.Source): StageVideo | null {
  const publication = participant.getTrackPublication(source);
  const track = publication?.isMuted ? undefined : publication?.track;
  if (!track) {
    return null;
  }
  const known = videos.get(track) ?? new StageVideo(track, participant.isLocal);
  videos.set(track, known);
  return known;
}
