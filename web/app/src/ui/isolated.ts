/** `name` between marks that keep its direction from turning the sentence round it (Unicode UAX 9, FSI and PDI). */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
