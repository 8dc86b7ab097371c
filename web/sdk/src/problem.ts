import type { ErrorCode } from "./protocol.js";

/** One wrong field of a request. */
export interface FieldProblem {
  readonly path: string;
  readonly problem: string;
}

/** The server's `application/problem+json` (RFC 9457). */
export interface Problem {
  readonly code: ErrorCode;
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly expected: string | null;
  readonly fix: string;
  readonly errors: readonly FieldProblem[];
  /** When it may go through, in seconds; null where that is not a matter of time. */
  readonly retry_after_s: number | null;
}

/** Whether `value` is the body of one of our errors. */
export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "title" in value && "fix" in value;
}
