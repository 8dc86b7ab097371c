import { wordsOfBye } from "./byes.js";
import { CLIENT_ERRORS, type ClientErrorCode } from "./clientErrors.js";
import { isProblem, type FieldProblem, type Problem } from "./problem.js";
import type { ByeCode, ErrorCode } from "./protocol.js";

interface Parts {
  readonly title: string;
  readonly detail?: string;
  readonly fix: string;
  readonly status?: number | null;
  readonly expected?: string | null;
  readonly errors?: readonly FieldProblem[];
  readonly retryAfterS?: number | null;
  readonly cause?: unknown;
}

type AnyCode = ErrorCode | ByeCode | ClientErrorCode;

/**
 * Every failure of this package. Branch on `code`. What the server answered (`status` is not null) has its `title`,
 * `detail` and `fix` for whoever builds the app; show people words of your own.
 */
export class OnstageError extends Error {
  readonly code: AnyCode;
  readonly title: string;
  readonly detail: string;
  readonly fix: string;
  /** HTTP status, where the server answered with one. */
  readonly status: number | null;
  readonly expected: string | null;
  readonly errors: readonly FieldProblem[];
  /** Seconds until it may go through, as after `rate_limited` and `slow_mode`; null where waiting does not help. */
  readonly retryAfterS: number | null;

  private constructor(code: AnyCode, parts: Parts) {
    super(`${code}: ${parts.detail ?? parts.title}`, { cause: parts.cause });
    this.name = "OnstageError";
    this.code = code;
    this.title = parts.title;
    this.detail = parts.detail ?? parts.title;
    this.fix = parts.fix;
    this.status = parts.status ?? null;
    this.expected = parts.expected ?? null;
    this.errors = parts.errors ?? [];
    this.retryAfterS = parts.retryAfterS ?? null;
  }

  /** Whether the same may go through later: the server was not reached, could not, or had too much to do. */
  get isPassing(): boolean {
    return this.status === null || this.status === 429 || this.status >= 500;
  }

  /** A failure on this side. */
  static client(code: ClientErrorCode, detail?: string, cause?: unknown): OnstageError {
    return new OnstageError(code, { ...CLIENT_ERRORS[code], ...(detail ? { detail } : {}), cause });
  }

  /** What the server answered. */
  static problem(problem: Problem): OnstageError {
    return new OnstageError(problem.code, { ...problem, retryAfterS: problem.retry_after_s });
  }

  /** An HTTP answer that was not 2xx; a proxy's page is told as `server_unreachable`. */
  static async response(response: Response): Promise<OnstageError> {
    const body: unknown = await response.json().catch(() => null);
    if (isProblem(body)) {
      return OnstageError.problem(body);
    }
    return OnstageError.client("server_unreachable", `The server answered ${response.status}.`);
  }

  /** A gateway's `bye` after which there is no coming back. */
  static bye(code: string, detail: string): OnstageError {
    return new OnstageError(code as ByeCode, { ...wordsOfBye(code), detail });
  }

  /** Whatever was thrown, as one of ours. */
  static from(error: unknown, code: ClientErrorCode): OnstageError {
    if (error instanceof OnstageError) {
      return error;
    }
    const isAbort = error instanceof Error && error.name === "AbortError";
    return OnstageError.client(
      isAbort ? "aborted" : code,
      error instanceof Error ? error.message : undefined,
      error,
    );
  }

  /** What getUserMedia threw (W3C Media Capture and Streams §10.2). */
  static device(error: unknown): OnstageError {
    const name = error instanceof Error ? error.name : "";
    const codes: Record<string, ClientErrorCode> = {
      NotAllowedError: "device_denied",
      SecurityError: "device_denied",
      NotFoundError: "device_missing",
      OverconstrainedError: "device_missing",
      NotReadableError: "device_busy",
    };
    return OnstageError.from(error, codes[name] ?? "device_failed");
  }
}
