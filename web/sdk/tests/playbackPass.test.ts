import { expect, test } from "vitest";
import { withPassOf, withPath } from "../src/playbackPass.js";

const LIST = "https://on.example/live/~new.token/rm_1/index.m3u8";

test("what was named under an earlier token is asked for with the one of now", () => {
  const asked = "https://on.example/live/~old.token/bc_1/720p/index.m3u8?_HLS_msn=4&_HLS_part=0";
  const moved = "https://on.example/live/~new.token/bc_1/720p/index.m3u8?_HLS_msn=4&_HLS_part=0";
  expect(withPassOf(LIST, asked)).toBe(moved);
  expect(withPassOf(LIST, moved)).toBe(moved);
});

test("a token comes and goes with the room's setting", () => {
  const open = "https://on.example/live/bc_1/720p/part1.0.m4s";
  const signed = "https://on.example/live/~new.token/bc_1/720p/part1.0.m4s";
  expect(withPassOf(LIST, open)).toBe(signed);
  expect(withPassOf("https://on.example/live/rm_1/index.m3u8", signed)).toBe(open);
});

test("a server below a path keeps it", () => {
  const list = "https://on.example/tv/live/~new.token/rm_1/index.m3u8";
  const part = (pass: string) => `https://on.example/tv/live/~${pass}/bc_1/720p/part1.0.m4s`;
  expect(withPassOf(list, part("old"))).toBe(part("new.token"));
});

test("no token is told to another server, or for anything else", () => {
  for (const other of [
    "https://cdn.example/live/bc_1/720p/part1.0.m4s",
    "https://on.example/other/file.mp4",
  ]) {
    expect(withPassOf(LIST, other)).toBe(other);
  }
});

test("another list of the same server is asked for with the token that there is", () => {
  expect(withPath(LIST, "/live/bc_1/dvr.m3u8")).toBe("https://on.example/live/~new.token/bc_1/dvr.m3u8");
  expect(withPath(LIST, "/vod/rec_1/index.m3u8")).toBe("https://on.example/vod/~new.token/rec_1/index.m3u8");
  const open = "https://on.example/tv/live/rm_1/index.m3u8?sid=12345678";
  expect(withPath(open, "/live/bc_1/dvr.m3u8")).toBe("https://on.example/tv/live/bc_1/dvr.m3u8");
});
