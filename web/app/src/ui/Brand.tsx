/** The mark: a light coming up behind a stage. */
export function Brand() {
  return (
    <span className="brand">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path d="M4 21a12 12 0 0 1 24 0Z" />
        <rect x="2" y="24" width="28" height="3.5" rx="1.75" />
      </svg>
      Onstage
    </span>
  );
}
