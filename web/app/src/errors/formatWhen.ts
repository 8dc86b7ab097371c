/** `at 18:30`, or `on Tuesday 24 November at 18:30` on another day: the reader's clock, in the pages' language. */
export function formatWhen(at: Date, now: Date, locale: string = english()): string {
  const time = at.toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" });
  if (at.toDateString() === now.toDateString()) {
    return `at ${time}`;
  }
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" as const };
  const day = at.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long", ...year });
  return `on ${day} at ${time}`;
}

/** The reader's English, if they read any: it says whether the day has 12 hours or 24. */
function english(): string {
  return navigator.languages.find((language) => language.startsWith("en")) ?? "en-GB";
}
