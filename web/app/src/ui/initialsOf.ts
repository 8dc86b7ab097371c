const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The first letters of the first and the last word of `name`. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s\p{P}\p{Z}]+/u).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  return ends.map(firstLetter).join("").toUpperCase() || "?";
}

function firstLetter(word = ""): string {
  const [first] = letters.segment(word);
  return first?.segment ?? "";
}
