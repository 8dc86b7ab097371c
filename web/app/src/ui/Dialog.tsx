import { useContext, useEffect, useId, useRef, type ReactNode } from "react";
import { NoticePlaceContext } from "./NoticesContext.js";

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** The buttons, the safest first. */
  readonly actions: ReactNode;
}

/** A modal question. The browser keeps the focus inside, gives it back, and closes it on Escape. */
export function Dialog({ title, onClose, children, actions }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const takeNotices = useContext(NoticePlaceContext);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) {
      return undefined;
    }
    dialog.showModal();
    const giveBack = takeNotices(dialog);
    return () => {
      giveBack();
      dialog.close();
    };
  }, [takeNotices]);
  return (
    <dialog
      ref={ref}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      <div className="dialog-body">{children}</div>
      <div className="dialog-actions">{actions}</div>
    </dialog>
  );
}
