import type { OnstageError } from "@onstage/client";
import { useWords } from "../errors/useWords.js";
import { IconButton } from "./IconButton.js";
import type { Notice } from "./NoticesContext.js";

export interface ShownNotice {
  readonly id: number;
  readonly notice: Notice;
}

interface Props {
  readonly shown: readonly ShownNotice[];
  readonly onDismiss: (id: number) => void;
}

/** Failures are read out at once, a short word when there is a pause: so both lists are there before anything is in them. */
export function NoticeList({ shown, onDismiss }: Props) {
  const failures = shown.filter(({ notice }) => typeof notice !== "string");
  const words = shown.filter(({ notice }) => typeof notice === "string");
  return (
    <div className="notices">
      <div role="alert">
        {failures.map((one) => (
          <NoticeBar key={one.id} notice={one.notice} onDismiss={() => onDismiss(one.id)} />
        ))}
      </div>
      <div role="status">
        {words.map((one) => (
          <NoticeBar key={one.id} notice={one.notice} onDismiss={() => onDismiss(one.id)} />
        ))}
      </div>
    </div>
  );
}

function NoticeBar({ notice, onDismiss }: { notice: Notice; onDismiss: () => void }) {
  const isWord = typeof notice === "string";
  return (
    <div className={isWord ? "notice" : "notice notice-error"} data-testid="notice">
      <p className="clamped">{isWord ? notice : <Failure error={notice} />}</p>
      <IconButton icon="close" label="Dismiss" onClick={onDismiss} />
    </div>
  );
}

function Failure({ error }: { error: OnstageError }) {
  const { title, advice } = useWords(error);
  return (
    <>
      <strong>{title}</strong> {advice}
    </>
  );
}
