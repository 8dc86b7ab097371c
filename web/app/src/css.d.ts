import "react";

declare module "react" {
  /** Custom properties that a style sheet reads. */
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- only an interface can be merged
  interface CSSProperties extends Record<`--${string}`, string | number | undefined> {}
}
