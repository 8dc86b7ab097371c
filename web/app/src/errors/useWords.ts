import type { OnstageError } from "@onstage/client";
import { useState } from "react";
import { wordsOf, type Words } from "./words.js";

/** The words of the error with which the component was first drawn: times in them are counted from then. */
export function useWords(error: OnstageError): Words {
  return useState(() => wordsOf(error, new Date()))[0];
}
