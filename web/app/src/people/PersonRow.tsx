import type { ParticipantView } from "@onstage/client";
import type { ReactNode } from "react";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { Avatar } from "../ui/Avatar.js";

interface Props {
  readonly participant: ParticipantView;
  readonly children?: ReactNode;
  readonly testId?: string;
}

export function PersonRow({ participant, children, testId }: Props) {
  const { me } = useSnapshot();
  const notes = [participant.id === me.id && "you", participant.backstage && "backstage"].filter(Boolean);
  return (
    <li className="person" data-testid={testId}>
      <Avatar name={participant.name} identity={participant.identity} />
      <span className="person-name">
        <span className="clamped" dir="auto" title={participant.name}>
          {participant.name}
        </span>
        <small>{[participant.role, ...notes].join(" · ")}</small>
      </span>
      <span className="person-actions">{children}</span>
    </li>
  );
}
