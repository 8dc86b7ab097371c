/** The URIs a multivariant playlist names: the same show has the same ones, whatever its bit rates are by now. */
export function variantsOf(playlist: string): string {
  const lines = playlist.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#")).join("\n");
}
