import { callServer } from "./callServer.js";
import { wireName } from "./camel.js";
import type { RequestOptions } from "./options.js";

/** A part of a list; `next_cursor` null: that was the end. */
export interface Page<Thing> {
  readonly data: readonly Thing[];
  readonly next_cursor: string | null;
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;
type CallOptions = Pick<RequestOptions, "signal">;

/** One room's REST routes, as a participant: for what is read page by page. */
export class RoomApi {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(server: string, roomId: string, token: string) {
    this.#base = new URL(`/v1/rooms/${encodeURIComponent(roomId)}`, server).href;
    this.#headers = { Authorization: `Bearer ${token}` };
  }

  /** @throws OnstageError the server's refusal, `server_unreachable`, or `aborted` */
  get<Reply>(path: string, query: Query = {}, { signal }: CallOptions = {}): Promise<Reply> {
    return callServer<Reply>(this.#url(path, query), { headers: this.#headers, signal: signal ?? null });
  }

  #url(path: string, query: Query): URL {
    const url = new URL(this.#base + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) {
        url.searchParams.set(wireName(name), String(value));
      }
    }
    return url;
  }

  /** Sends a file as it is. @throws OnstageError the server's refusal, `server_unreachable`, or `aborted` */
  upload<Reply>(path: string, file: Blob, query: Query = {}, { signal }: CallOptions = {}): Promise<Reply> {
    return callServer<Reply>(this.#url(path, query), {
      method: "POST",
      headers: { ...this.#headers, "Content-Type": file.type || "application/octet-stream" },
      body: file,
      signal: signal ?? null,
    });
  }

  /** @throws OnstageError the server's refusal, `server_unreachable`, or `aborted` */
  post<Reply>(path: string, body: object, { signal }: CallOptions = {}): Promise<Reply> {
    return callServer<Reply>(new URL(this.#base + path), {
      method: "POST",
      headers: { ...this.#headers, "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
  }
}
