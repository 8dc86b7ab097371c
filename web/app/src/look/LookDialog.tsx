import type { BroadcastView } from "@onstage/client";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { Button } from "../ui/Button.js";
import { CheckField } from "../ui/CheckField.js";
import { Dialog } from "../ui/Dialog.js";
import { BackgroundFields } from "./BackgroundFields.js";
import { LogoFields } from "./LogoFields.js";
import { PersonFields } from "./PersonFields.js";
import { TitleFields } from "./TitleFields.js";
import { useLook } from "./useLook.js";

/** Everything in the picture but the arrangement of people; a change is on air at once. */
export function LookDialog({ broadcast, onClose }: { broadcast: BroadcastView; onClose: () => void }) {
  const { participants } = useSnapshot();
  const onStage = participants.filter(({ level }) => level === "stage");
  return (
    <Dialog title="Look of the show" onClose={onClose} actions={<Button onClick={onClose}>Done</Button>}>
      <div className="look">
        <p className="quiet">Everybody who watches sees a change at once.</p>
        <TitleFields broadcast={broadcast} />
        <BackgroundFields broadcast={broadcast} />
        <LogoFields broadcast={broadcast} />
        <MarkFields broadcast={broadcast} />
        {onStage.length > 0 && (
          <fieldset>
            <legend>People in the show</legend>
            <ul className="look-people">
              {onStage.map((one) => (
                <PersonFields key={one.id} broadcast={broadcast} participant={one} />
              ))}
            </ul>
          </fieldset>
        )}
      </div>
    </Dialog>
  );
}

function MarkFields({ broadcast: { look } }: { broadcast: BroadcastView }) {
  const { changeLook } = useLook();
  return (
    <fieldset>
      <legend>Movement and marks</legend>
      <CheckField
        label="Tiles glide to their places"
        isOn={look.transition?.kind === "ease"}
        onChange={(isOn) => changeLook({ transition: { kind: isOn ? "ease" : "none" } })}
      />
      <CheckField
        label="A ring around who speaks"
        isOn={look.show_speaking ?? true}
        onChange={(isOn) => changeLook({ show_speaking: isOn })}
      />
      <CheckField
        label="A badge on who is muted"
        isOn={look.show_muted ?? true}
        onChange={(isOn) => changeLook({ show_muted: isOn })}
      />
    </fieldset>
  );
}
