/** Somebody's name within a sentence, which it does not turn round whatever its script. */
export function BoldName({ name }: { name: string }) {
  return (
    <bdi>
      <strong>{name}</strong>
    </bdi>
  );
}
