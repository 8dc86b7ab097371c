import type { ShownAs } from "@onstage/client";
import { useId, useState, type SubmitEvent } from "react";
import { useSession } from "../hooks/SessionContext.js";
import { useAction } from "../hooks/useAction.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";
import { CheckField } from "../ui/CheckField.js";
import { Dialog } from "../ui/Dialog.js";
import { TextField } from "../ui/TextField.js";
import { PlayingMedia } from "./PlayingMedia.js";
import { ShownAsPicker } from "./ShownAsPicker.js";

/** Plays a file, of a URL or from here, and holds what plays. */
export function MediaDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const [url, setUrl] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [shownAs, setShownAs] = useState<ShownAs>("full");
  const [loop, setLoop] = useState(false);
  const { isBusy, run } = useAction();
  const id = useId();
  const play = async (): Promise<void> => {
    const uploaded = file && (await session.media.upload(file, file.name.slice(0, 100)));
    const source = uploaded ? { mediaId: uploaded.media_id } : { url: url.trim() };
    await session.media.play({ ...source, shownAs, loop });
    setUrl("");
    setFile(null);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    run(play);
  };
  return (
    <Dialog
      title="Play media into the show"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            look="primary"
            type="submit"
            form={id}
            disabled={isBusy || (!file && url.trim() === "")}
            data-testid="media-play"
          >
            {isBusy ? (file ? "Uploading…" : "Asking…") : "Play"}
          </Button>
        </>
      }
    >
      <form id={id} className="media-form" onSubmit={submit}>
        <TextField
          label="Address of a video or sound file"
          value={url}
          maxLength={2000}
          autoFocus
          onChange={setUrl}
        />
        <FileField id={`${id}-file`} onFile={setFile} />
        <ShownAsPicker value={shownAs} onChange={setShownAs} />
        <CheckField label="Again and again" isOn={loop} onChange={setLoop} />
      </form>
      <PlayingList />
    </Dialog>
  );
}

function PlayingList() {
  const { media } = useSnapshot();
  return (
    media.length > 0 && (
      <ul className="media-playing" aria-label="Playing now">
        {media.map((one) => (
          <PlayingMedia key={one.id} playback={one} />
        ))}
      </ul>
    )
  );
}

interface FileFieldProps {
  readonly id: string;
  readonly onFile: (file: File | null) => void;
}

function FileField({ id, onFile }: FileFieldProps) {
  return (
    <div className="field">
      <label htmlFor={id}>Or a file from here</label>
      <input
        id={id}
        type="file"
        accept="video/*,audio/*"
        onChange={(event) => onFile(event.target.files?.[0] ?? null)}
        data-testid="media-file"
      />
    </div>
  );
}
