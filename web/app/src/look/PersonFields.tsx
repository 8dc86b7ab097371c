import type { BroadcastView, ParticipantView } from "@onstage/client";
import { useState, type SubmitEvent } from "react";
import { Button } from "../ui/Button.js";
import { IconButton } from "../ui/IconButton.js";
import { TextField } from "../ui/TextField.js";
import { useLook } from "./useLook.js";

interface Props {
  readonly broadcast: BroadcastView;
  readonly participant: ParticipantView;
}

/** Who somebody is, in large letters on their tile; and their sound and picture in the show, which the stage keeps. */
export function PersonFields({ broadcast, participant: { identity, name } }: Props) {
  const { isBusy, change, changeLook } = useLook();
  const { lower_thirds: thirds = [] } = broadcast.look;
  const { muted = [], hidden = [] } = broadcast.mix;
  const others = thirds.filter((one) => one.identity !== identity);
  const shown = thirds.find((one) => one.identity === identity);
  const [subtitle, setSubtitle] = useState(shown?.subtitle ?? "");
  const isMuted = muted.includes(identity);
  const isHidden = hidden.includes(identity);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const mine = { identity, subtitle: subtitle.trim() || null };
    changeLook({ lower_thirds: shown ? others : [...others, mine] });
  };
  return (
    <li className="look-person">
      <form className="look-line" onSubmit={submit}>
        <TextField label={name} value={subtitle} maxLength={200} onChange={setSubtitle} />
        <Button type="submit" disabled={isBusy} data-testid={`lower-third-${identity}`}>
          {shown ? "Take away" : "Show"}
          <span className="visually-hidden"> the name of {name}</span>
        </Button>
        <IconButton
          icon={isMuted ? "microphoneOff" : "microphone"}
          label={isMuted ? `${name} is not heard in the show` : `Mute ${name} in the show`}
          aria-pressed={isMuted}
          disabled={isBusy}
          onClick={() => change({ mix: { muted: toggled(muted, identity) } })}
        />
        <IconButton
          icon={isHidden ? "eyeOff" : "eye"}
          label={isHidden ? `${name} is not seen in the show` : `Hide ${name} in the show`}
          aria-pressed={isHidden}
          disabled={isBusy}
          onClick={() => change({ mix: { hidden: toggled(hidden, identity) } })}
          data-testid={`hide-${identity}`}
        />
      </form>
    </li>
  );
}

function toggled(identities: readonly string[], identity: string): string[] {
  return identities.includes(identity)
    ? identities.filter((one) => one !== identity)
    : [...identities, identity];
}
