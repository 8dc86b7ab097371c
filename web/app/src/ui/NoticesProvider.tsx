import { useCallback, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { NoticeList, type ShownNotice } from "./NoticeList.js";
import { NoticePlaceContext, NoticesContext, type Notice } from "./NoticesContext.js";

const SHORT_MS = 4_000;
const LONG_MS = 12_000;
const MOST = 2;

/** Shows notices above the page, which makes room for them: nothing is covered. */
export function NoticesProvider({ children }: { children: ReactNode }) {
  const { shown, notify, hide } = useNotices();
  const [places, setPlaces] = useState<readonly HTMLElement[]>([]);
  const take = useCallback((place: HTMLElement) => {
    setPlaces((all) => [...all, place]);
    return () => setPlaces((all) => all.filter((one) => one !== place));
  }, []);
  const list = <NoticeList shown={shown} onDismiss={hide} />;
  const place = places.at(-1);
  return (
    <NoticesContext value={notify}>
      <NoticePlaceContext value={take}>
        {place ? createPortal(list, place) : list}
        <div className="page">{children}</div>
      </NoticePlaceContext>
    </NoticesContext>
  );
}

/** The last few, each for a while; the same again takes the place of the one before. */
function useNotices() {
  const [shown, setShown] = useState<readonly ShownNotice[]>([]);
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
  return { shown, notify, hide };
}

function textOf(notice: Notice): string {
  return typeof notice === "string" ? notice : notice.code;
}
