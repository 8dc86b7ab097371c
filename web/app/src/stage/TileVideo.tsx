import type { StageVideo } from "@onstage/client";
import { useEffect, useRef } from "react";

/** One live picture. Sound is played elsewhere, so this element is always muted. */
export function TileVideo({ video, isMirrored }: { video: StageVideo; isMirrored: boolean }) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => (element.current ? video.attach(element.current) : undefined), [video]);
  return <video ref={element} className={isMirrored ? "mirrored" : ""} autoPlay muted playsInline />;
}
