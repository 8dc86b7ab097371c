import { useRef } from "react";
import { Button } from "../ui/Button.js";

interface Props {
  /** As in "Choose a …". */
  readonly what: string;
  readonly isThere: boolean;
  readonly isBusy: boolean;
  readonly onFile: (file: File) => void;
  readonly onRemove: () => void;
}

/** A picture from here, or none. */
export function ImageField({ what, isThere, isBusy, onFile, onRemove }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <span className="look-image">
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp"
        hidden
        aria-label={`File of the ${what}`}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) {
            onFile(file);
          }
          event.target.value = ""; // the same file again is a choice as well
        }}
      />
      <Button disabled={isBusy} onClick={() => input.current?.click()}>
        {isThere ? `Another ${what}` : `Choose a ${what}`}…
      </Button>
      {isThere && (
        <Button disabled={isBusy} onClick={onRemove}>
          Remove<span className="visually-hidden"> the {what}</span>
        </Button>
      )}
    </span>
  );
}
