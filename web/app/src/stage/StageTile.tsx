import { Avatar } from "../ui/Avatar.js";
import { Icon } from "../ui/Icon.js";
import { TileVideo } from "./TileVideo.js";
import type { Tile } from "./useTiles.js";

/** One person or shared screen, with a name, and a ring while they speak. */
export function StageTile({ tile }: { tile: Tile }) {
  const { participant, video, isMe, isSpeaking, kind } = tile;
  const isScreen = kind === "screen";
  const notes = [isMe && "you", isScreen && "screen", participant.backstage && "backstage"]
    .filter(Boolean)
    .join(", ");
  return (
    <figure
      className={`tile ${isSpeaking ? "is-speaking" : ""} ${isScreen ? "tile-screen" : ""}`}
      data-testid={`stage-tile-${participant.identity}${isScreen ? "-screen" : ""}`}
    >
      {video ? (
        <TileVideo video={video} isMirrored={isMe && !isScreen} />
      ) : (
        <Avatar name={participant.name} identity={participant.identity} />
      )}
      <figcaption>
        {!isScreen && !tile.isMicrophoneOn && (
          <>
            <Icon name="microphoneOff" />
            <span className="visually-hidden">Muted:</span>
          </>
        )}
        <span className="tile-name" dir="auto">
          {participant.name}
        </span>
        {notes && <span className="tile-note">({notes})</span>}
        {isSpeaking && <span className="visually-hidden">is speaking</span>}
      </figcaption>
    </figure>
  );
}
