import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import { until } from "./until.js";

export interface Hello {
  readonly type: "hello";
  readonly token: string;
  readonly resume?: { readonly connection_id: string; readonly seq: number };
}

/** A real WebSocket server that does what a test tells it, step by step. */
export class ScriptedGateway {
  readonly #server: WebSocketServer;
  /** Every connection's socket, oldest first. */
  readonly sockets: WebSocket[] = [];
  /** What each connection has sent. */
  readonly received: unknown[][] = [];

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket) => {
      const texts: unknown[] = [];
      this.sockets.push(socket);
      this.received.push(texts);
      socket.on("message", (data: Buffer) => texts.push(JSON.parse(data.toString())));
    });
  }

  static async start(): Promise<ScriptedGateway> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    return new ScriptedGateway(server);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/gateway`;
  }

  /** The hello of the `index`th connection, once it has come. */
  async hello(index: number): Promise<Hello> {
    await until(() => (this.received[index]?.length ?? 0) > 0);
    return this.received[index]?.[0] as Hello;
  }

  /** Everything but the hello that the `index`th connection has sent, once there are `count` of it. */
  async requests(index: number, count: number): Promise<{ id: string; name: string; type: string }[]> {
    await until(() => (this.received[index]?.length ?? 0) > count);
    return (this.received[index]?.slice(1) ?? []) as { id: string; name: string; type: string }[];
  }

  send(index: number, frame: object): void {
    this.sockets[index]?.send(JSON.stringify(frame));
  }

  /** Cuts the `index`th connection as a network does: what was sent before still arrives. */
  cut(index: number): void {
    this.sockets[index]?.close();
  }

  async stop(): Promise<void> {
    this.sockets.forEach((socket) => socket.terminate());
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
