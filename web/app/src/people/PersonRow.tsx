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
  return (
    <li className="person" data-testid={testId}>
      <Avatar name={participant.name} identity={participant.identity} />
      <span className="person-name">
        <span className="clamped" dir="auto" title={participant.name}>
          {participant.name}
        </span>
        <small>{participant.id === me.id ? `${participant.role} · you` : participant.role}</small>
      </span>
      <span className="person-actions">{children}</span>
    </li>
  );
}
