import { useEffect } from "react";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { Brand } from "../ui/Brand.js";
import { Icon } from "../ui/Icon.js";
import { LiveBadge } from "./LiveBadge.js";
import { ShareLink } from "./ShareLink.js";

export function RoomHeader() {
  const { room, me, counts } = useSnapshot();
  useEffect(() => {
    document.title = `${room.title} – Onstage`;
  }, [room.title]);
  const watching = counts.audience + counts.viewer + counts.hls;
  return (
    <header className="room-header">
      <Brand />
      <h1 className="room-title" dir="auto" title={room.title}>
        {room.title}
      </h1>
      {me.level !== "viewer" && <LiveBadge />}
      <span className="count" title="People watching">
        <Icon name="eye" />
        <span>{watching}</span>
        <span className="visually-hidden">{watching === 1 ? "person watching" : "people watching"}</span>
      </span>
      {me.permissions.includes("broadcast.start") && <ShareLink />}
    </header>
  );
}
