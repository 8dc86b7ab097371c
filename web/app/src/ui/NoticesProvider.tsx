import { useCallback, useState, type ReactNode } from "react";
import { IconButton } from "./IconButton.js";
import { NoticesContext, type Notice } from "./NoticesContext.js";

interface Shown {
  readonly id: number;
  readonly notice: Notice;
}

const SHORT_MS = 3_000;
const LONG_MS = 10_000;
const MOST = 3;

/** Shows notices in a corner; a screen reader reads them out. */
export function NoticesProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const hide = useCallback((id: number) => setShown((all) => all.filter((one) => one.id !== id)), []);
  const notify = useCallback(
    (notice: Notice) => {
      const id = performance.now();
      setShown((all) =>
        [...all.filter((one) => textOf(one.notice) !== textOf(notice)), { id, notice }].slice(-MOST),
      );
      setTimeout(() => hide(id), typeof notice === "string" ? SHORT_MS : LONG_MS);
    },
    [hide],
  );
  return (
    <NoticesContext value={notify}>
      {children}
      <div className="notices" role="status" aria-live="polite">
        {shown.map(({ id, notice }) => (
          <div key={id} className={typeof notice === "string" ? "notice" : "notice notice-error"}>
            <p>
              {typeof notice === "string" ? notice : <strong>{notice.title}</strong>}
              {typeof notice !== "string" && <span>{notice.fix}</span>}
            </p>
            <IconButton icon="close" label="Dismiss" onClick={() => hide(id)} />
          </div>
        ))}
      </div>
    </NoticesContext>
  );
}

function textOf(notice: Notice): string {
  return typeof notice === "string" ? notice : notice.code;
}
