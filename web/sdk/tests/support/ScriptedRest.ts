import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** One call as it came. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** A real HTTP server that answers every call with what a test says, and remembers the calls. */
export class ScriptedRest {
  readonly calls: Call[] = [];
  answer: { readonly status: number; readonly body: unknown } = { status: 200, body: {} };
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://rest");
      let text = "";
      request.on("data", (part: Buffer) => (text += part.toString()));
      request.on("end", () => {
        this.calls.push({
          method: request.method ?? "",
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          authorization: request.headers.authorization,
          body: text === "" ? null : JSON.parse(text),
        });
        response.writeHead(this.answer.status, { "Content-Type": "application/json" });
        response.end(JSON.stringify(this.answer.body));
      });
    });
  }

  static async start(): Promise<ScriptedRest> {
    const rest = new ScriptedRest();
    rest.#server.listen(0, "127.0.0.1");
    await once(rest.#server, "listening");
    return rest;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
