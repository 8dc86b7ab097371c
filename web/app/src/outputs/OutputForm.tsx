import { useId, useState, type SyntheticEvent } from "react";
import { useAction } from "../hooks/useAction.js";
import { useSession } from "../hooks/SessionContext.js";
import { Button } from "../ui/Button.js";

/** One more target. The key is masked, and forgotten here as soon as the server has it. */
export function OutputForm() {
  const session = useSession();
  const { isBusy, run } = useAction();
  const [url, setUrl] = useState("");
  const [key, setKey] = useState("");
  const ids = { url: useId(), key: useId() };
  const add = async () => {
    await session.broadcasts.addOutput({
      type: "rtmp",
      url: url.trim(),
      ...(key && { stream_key: key.trim() }),
    });
    setUrl("");
    setKey("");
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    run(add);
  };
  return (
    <form className="output-form" onSubmit={submit} autoComplete="off">
      <div className="field">
        <label htmlFor={ids.url}>Server URL</label>
        <input
          id={ids.url}
          value={url}
          required
          maxLength={2_000}
          pattern="[rR][tT][mM][pP][sS]?://.+/.+"
          title="rtmp:// or rtmps://, a host, and an application"
          placeholder="rtmps://live.example.com/app"
          inputMode="url"
          spellCheck={false}
          onChange={(event) => setUrl(event.target.value)}
          data-testid="output-url"
        />
      </div>
      <div className="field">
        <label htmlFor={ids.key}>Stream key</label>
        <input
          id={ids.key}
          type="password"
          value={key}
          maxLength={500}
          autoComplete="new-password"
          spellCheck={false}
          onChange={(event) => setKey(event.target.value)}
          data-testid="output-key"
        />
      </div>
      <Button look="primary" type="submit" disabled={isBusy || url.trim() === ""} data-testid="output-add">
        {isBusy ? "Adding…" : "Add target"}
      </Button>
    </form>
  );
}
