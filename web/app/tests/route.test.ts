import { describe, expect, test } from "vitest";
import { parseRoute } from "../src/route.js";

const at = (pathname: string, hash = "") => parseRoute({ pathname, hash });

describe("an address", () => {
  test("with a code opens that page", () => {
    expect(at("/studio/q3f-8mzk-2vt")).toEqual({ page: "studio", entry: { code: "q3f-8mzk-2vt" } });
    expect(at("/watch/q3f-8mzk-2vt")).toEqual({ page: "watch", entry: { code: "q3f-8mzk-2vt" } });
  });

  test("with a token in its fragment joins with that, whatever else it has", () => {
    expect(at("/watch", "#token=a.b-c_d.e")).toEqual({ page: "watch", entry: { token: "a.b-c_d.e" } });
    expect(at("/studio/code", "#token=t")).toEqual({ page: "studio", entry: { token: "t" } });
  });

  test("with a code that nobody can read is of that code all the same", () => {
    expect(at("/watch/%zz")).toEqual({ page: "watch", entry: { code: "%zz" } });
  });

  test("without either, or of no page, is the landing page", () => {
    for (const path of ["/", "/watch", "/watch/", "/elsewhere/code"]) {
      expect(at(path)).toEqual({ page: "landing" });
    }
  });
});
