// Reads playlists with the npm package hls-parser in strict mode: `node tools/hls_parser_check.mjs FILE…`.
// A second opinion beside tools/hls_probe.py, whose `--save DIR` writes the files. Exit code 1 when it objects.
import { readFileSync } from "node:fs";
import { parse, setOptions } from "hls-parser";

setOptions({ strictMode: true });

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: node tools/hls_parser_check.mjs FILE…");
  process.exit(2);
}

let objections = 0;
for (const file of files) {
  try {
    parse(readFileSync(file, "utf8"));
  } catch (error) {
    objections += 1;
    console.error(`${file}: ${error.message}`);
  }
}
console.log(`${files.length} playlists, ${objections} objections`);
process.exit(objections > 0 ? 1 : 0);
