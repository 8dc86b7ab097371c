import { useState } from "react";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { NameDialog } from "./NameDialog.js";
import { useRename } from "./RenameContext.js";

/** Whoever came to watch was asked nothing: here they can say who they are, while they sit in the seats. */
export function NameLine() {
  const { me } = useSnapshot();
  const rename = useRename();
  const [isAsking, setAsking] = useState(false);
  if (!rename || me.level === "stage" || me.hand_raised_at !== null) {
    return null;
  }
  return (
    <p className="name-line quiet">
      {me.name === me.identity ? (
        <span>You are here without a name.</span>
      ) : (
        <>
          <span>You are</span>
          <strong dir="auto" title={me.name}>
            {me.name}
          </strong>
        </>
      )}
      <button type="button" className="link-button" onClick={() => setAsking(true)}>
        {me.name === me.identity ? "Say who you are" : "Change"}
      </button>
      {isAsking && (
        <NameDialog
          name={me.name === me.identity ? "" : me.name}
          onClose={() => setAsking(false)}
          onName={(name) => {
            setAsking(false);
            rename(name);
          }}
        />
      )}
    </p>
  );
}
