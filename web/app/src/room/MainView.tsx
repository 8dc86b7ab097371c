import { useSnapshot } from "../hooks/useSnapshot.js";
import { ReactionLayer } from "../reactions/ReactionLayer.js";
import { ShowPlayer } from "../show/ShowPlayer.js";
import { Stage } from "../stage/Stage.js";

/** The stage for those who take part over WebRTC, the composed show for viewers. */
export function MainView() {
  const { me } = useSnapshot();
  return (
    <main className="main-view" aria-label={me.level === "viewer" ? "The show" : "The stage"}>
      {me.level === "viewer" ? <ShowPlayer /> : <Stage />}
      <ReactionLayer />
    </main>
  );
}
