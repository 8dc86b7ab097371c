import type { ParticipantView, StageMedia, StageVideo } from "@onstage/client";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { useStageMedia } from "../hooks/useStage.js";

/** One picture on the stage: a person, or a screen they share. */
export interface Tile {
  readonly key: string;
  readonly kind: "person" | "screen";
  readonly participant: ParticipantView;
  readonly video: StageVideo | null;
  readonly isMe: boolean;
  readonly isMicrophoneOn: boolean;
  readonly isSpeaking: boolean;
}

/** Who is on stage as the server says, with what they send as the engine says. */
export function useTiles(): readonly Tile[] {
  const { participants, me } = useSnapshot();
  const media = new Map(useStageMedia().map((one) => [one.identity, one]));
  return participants
    .filter(({ level }) => level === "stage")
    .flatMap((participant) =>
      tilesOf(participant, media.get(participant.identity), participant.id === me.id),
    );
}

function tilesOf(participant: ParticipantView, media: StageMedia | undefined, isMe: boolean): Tile[] {
  const person: Tile = {
    key: participant.id,
    kind: "person",
    participant,
    video: media?.camera ?? null,
    isMe,
    isMicrophoneOn: media?.isMicrophoneOn ?? false,
    isSpeaking: media?.isSpeaking ?? false,
  };
  const screen = media?.screen;
  return screen
    ? [
        person,
        { ...person, key: `${participant.id}-screen`, kind: "screen", video: screen, isSpeaking: false },
      ]
    : [person];
}
