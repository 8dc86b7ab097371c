type CamelName<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelName<Tail>>}`
  : Name;

/** A request's fields under the names that options have here: `joinAudioMuted` for `join_audio_muted`. */
export type Camel<Body> = {
  readonly [Name in keyof Body as CamelName<Name & string>]: Body[Name];
};

/** Options under the protocol's names. Only the outer names change: what is in a field is the app's own. */
export function toWire<Body>(options: Camel<Body>): Body {
  const renamed = Object.entries(options).map(([name, value]) => [wireName(name), value]);
  return Object.fromEntries(renamed) as Body;
}

/** One name as the protocol writes it. */
export function wireName(name: string): string {
  return name.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}
