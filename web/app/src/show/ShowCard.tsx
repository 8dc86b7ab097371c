import { useState, type ReactNode } from "react";
import { useSnapshot } from "../hooks/useSnapshot.js";

interface Props {
  readonly eyebrow: string;
  readonly children: ReactNode;
  readonly "data-testid"?: string;
}

/** The room's poster with its title, or, without one, a stage that is lit. */
export function ShowCard({ eyebrow, children, ...rest }: Props) {
  const { room } = useSnapshot();
  const poster = room.settings.poster_url ?? null;
  const [broken, setBroken] = useState<string | null>(null);
  const hasPoster = poster !== null && poster !== broken;
  return (
    <div className={`show-cover ${hasPoster ? "show-cover-poster" : ""}`} {...rest}>
      {hasPoster ? (
        <img
          className="poster"
          src={poster}
          alt=""
          referrerPolicy="no-referrer"
          onError={() => setBroken(poster)}
          data-testid="poster"
        />
      ) : (
        <span className="beam" aria-hidden="true" />
      )}
      <p className="eyebrow">{eyebrow}</p>
      <h2 className="clamped" dir="auto" title={room.title}>
        {room.title}
      </h2>
      {children}
    </div>
  );
}
