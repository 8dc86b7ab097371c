/** `12 s`, or `2 min 5 s` from a minute on. */
export function formatWait(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const parts = [
    ...(minutes > 0 ? [`${minutes} min`] : []),
    ...(rest > 0 || minutes === 0 ? [`${rest} s`] : []),
  ];
  return parts.join(" ");
}
