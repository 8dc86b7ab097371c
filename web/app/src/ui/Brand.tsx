/** The mark: a beam of light on a stage. */
export function Brand() {
  return (
    <span className="brand">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path d="M16 3 29 27a26 26 0 0 1-26 0Z" />
      </svg>
      Onstage
    </span>
  );
}
