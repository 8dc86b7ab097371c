import { initialsOf } from "./initialsOf.js";

const HUES = 360;

/** Initials on a colour of their own: the same person has the same one everywhere. */
export function Avatar({ name, identity }: { name: string; identity: string }) {
  const hue = Array.from(identity).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % HUES, 7);
  return (
    <span className="avatar" style={{ "--hue": hue }} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}
