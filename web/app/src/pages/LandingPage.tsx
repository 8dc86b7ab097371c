import { useId, useState, type SubmitEvent } from "react";
import { Brand } from "../ui/Brand.js";
import { Button } from "../ui/Button.js";

/** Where somebody lands without a link: type the code of one. */
export function LandingPage() {
  const [code, setCode] = useState("");
  const id = useId();
  const go = (page: "studio" | "watch"): void => {
    location.assign(`/${page}/${encodeURIComponent(code.trim())}`);
  };
  const watch = (event: SubmitEvent): void => {
    event.preventDefault();
    go("watch");
  };
  const isEmpty = code.trim() === "";
  return (
    <main className="center-page">
      <section className="card landing">
        <Brand />
        <h1>Bring people on stage.</h1>
        <p className="quiet">Open the link you were given, or type its room code.</p>
        <form onSubmit={watch}>
          <label htmlFor={id}>Room code</label>
          <input
            id={id}
            value={code}
            onChange={(event) => setCode(event.target.value)}
            placeholder="abc-defg-hij"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
          <div className="card-actions">
            <Button onClick={() => go("studio")} disabled={isEmpty}>
              Open the studio
            </Button>
            <Button look="primary" type="submit" disabled={isEmpty}>
              Watch
            </Button>
          </div>
        </form>
      </section>
    </main>
  );
}
