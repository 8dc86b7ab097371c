import { CLIENT_ERRORS, type ClientErrorCode } from "./clientErrors.js";
import { isProblem, type FieldProblem, type Problem } from "./problem.js";
import type { ErrorCode } from "./protocol.js";

interface Parts {
  readonly title: string;
  readonly detail?: string;
  readonly fix: string;
  readonly status?: number | null;
  readonly expected?: string | null;
  readonly errors?: readonly FieldProblem[];
  readonly cause?: unknown;
}

/** Every failure of this package. Branch on `code`; show `title` and `fix` to people. */
export class OnstageError extends Error {
  readonly code: ErrorCode | ClientErrorCode;
  readonly title: string;
  readonly detail: string;
  readonly fix: string;
  /** HTTP status, where the server answered with one. */
  readonly status: number | null;
  readonly expected: string | null;
  readonly errors: readonly FieldProblem[];

  private constructor(code: ErrorCode | ClientErrorCode, parts: Parts) {
    super(`${code}: ${parts.detail ?? parts.title}`, { cause: parts.cause });
    this.name = "OnstageError";
    this.code = code;
    this.title = parts.title;
    this.detail = parts.detail ?? parts.title;
    this.fix = parts.fix;
    this.status = parts.status ?? null;
    this.expected = parts.expected ?? null;
    this.errors = parts.errors ?? [];
  }

  /** A failure on this side. */
  static client(code: ClientErrorCode, detail?: string, cause?: unknown): OnstageError {
    return new OnstageError(code, { ...CLIENT_ERRORS[code], ...(detail ? { detail } : {}), cause });
  }

  /** What the server answered. */
  static problem(problem: Problem): OnstageError {
    return new OnstageError(problem.code, problem);
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
    if (code === "replaced") {
      return OnstageError.client("replaced", detail);
    }
    const fix = "Join again, or ask for a new link.";
    return new OnstageError(code as ErrorCode, {
      title: BYE_TITLES[code] ?? "The server closed the session.",
      detail,
      fix,
    });
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

const BYE_TITLES: Record<string, string> = {
  session_ended: "The session is over.",
  participant_removed: "You were removed from this session.",
  token_invalid: "This link is not valid.",
  token_expired: "This link has expired.",
};
