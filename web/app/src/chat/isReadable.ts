// Space, marks on nothing, what is invisible, and the letters and symbols that are blank.
const BLANK = /^[\p{Z}\p{Mn}\p{Cc}\p{Cf}\u115f\u1160\u2800\u3164\uffa0]*$/u;

/** Whether there is anything to be seen in `text`; the server takes no other. */
export function isReadable(text: string): boolean {
  return !BLANK.test(text);
}
