import { Backoff } from "./Backoff.js";
import { isPassingBye } from "./byes.js";
import { systemClock, type Clock } from "./clock.js";
import { GATEWAY_DEFAULTS } from "./defaults.js";
import { Emitter } from "./Emitter.js";
import type { DroppedFrame, GatewayEvent } from "./frames.js";
import { GatewaySession, type Outcome } from "./GatewaySession.js";
import { OnstageError } from "./OnstageError.js";
import type { GatewayOptions, RequestOptions } from "./options.js";
import { PendingRequests } from "./PendingRequests.js";
import type { SnapshotView } from "./protocol.js";
import type { RequestMap } from "./requests.js";

/** `closed` is for good; in every other state but `idle` the client keeps the connection up by itself. */
export type GatewayStatus = "idle" | "connecting" | "connected" | "reconnecting" | "closed";

interface GatewayEvents {
  status: GatewayStatus;
  /** A fresh start: at the first connection, and when a resume was not possible. */
  snapshot: SnapshotView;
  event: GatewayEvent;
  /** Chat was left out, as it was read too slowly; the history has it. */
  dropped: DroppedFrame;
  /** Once, at the end; null when this side closed. */
  closed: OnstageError | null;
}

/** The part of a browser's WebSocket that is used. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(): void;
}

/** What a session, or a test, brings of its own. */
export interface GatewayParts {
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly openSocket?: (url: string) => Socket;
  readonly options?: GatewayOptions;
  /** Enters the room again for somebody who was away for so long that the server took them as gone. */
  readonly rejoin?: () => Promise<unknown>;
}

/** One participant's gateway: it connects, resumes after a cut, asks and answers. */
export class GatewayClient {
  readonly #url: string;
  readonly #session: GatewaySession;
  readonly #options: GatewayOptions;
  readonly #clock: Clock;
  readonly #openSocket: (url: string) => Socket;
  readonly #backoff: Backoff;
  readonly #requests: PendingRequests;
  readonly #rejoin: (() => Promise<unknown>) | undefined;
  readonly #events = new Emitter<GatewayEvents>();
  #status: GatewayStatus = "idle";
  #socket: Socket | null = null;
  #cancelTimer = (): void => undefined;
  #unsent: { readonly id: string; readonly text: string }[] = [];

  constructor(url: string, token: string, parts: GatewayParts = {}) {
    this.#url = url;
    this.#session = new GatewaySession(token);
    this.#options = parts.options ?? GATEWAY_DEFAULTS;
    this.#clock = parts.clock ?? systemClock;
    this.#openSocket = parts.openSocket ?? ((at) => new WebSocket(at) as Socket);
    this.#backoff = new Backoff(this.#options.backoff, parts.random ?? Math.random);
    this.#requests = new PendingRequests(this.#clock);
    this.#rejoin = parts.rejoin;
  }

  get status(): GatewayStatus {
    return this.#status;
  }

  /** This client's connection, or its last one; null before the first. Tells it from another of the same identity. */
  get connectionId(): string | null {
    return this.#session.connectionId;
  }

  /** The last `seq` told. */
  get seq(): number {
    return this.#session.seq;
  }

  on<Name extends keyof GatewayEvents>(
    name: Name,
    listener: (data: GatewayEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** Connects, and keeps connecting until `close` or a final `bye`. */
  open(): void {
    if (this.#status === "idle") {
      this.#setStatus("connecting");
      this.#connect();
    }
  }

  /** Connects at once if it waits to do so: the network is known to be back. */
  hurry(): void {
    if (this.#status === "reconnecting" && this.#socket === null) {
      this.#cancelTimer();
      this.#connect();
    }
  }

  /** Ends the connection for good. */
  close(): void {
    this.#finish(null);
  }

  /**
   * Asks, and waits for the reply. A request made while the connection is being restored waits for it.
   *
   * @throws OnstageError the server's refusal, or `request_timeout`, `connection_lost`, `session_closed`, `aborted`
   */
  async request<Name extends keyof RequestMap>(
    name: Name,
    data: RequestMap[Name]["data"],
    { signal, timeoutMs = this.#options.requestTimeoutMs }: RequestOptions = {},
  ): Promise<RequestMap[Name]["reply"]> {
    if (this.#status === "closed" || this.#status === "idle") {
      throw OnstageError.client("session_closed");
    }
    const { id, reply } = this.#requests.add(timeoutMs, signal);
    this.#send(id, JSON.stringify({ type: "request", id, name, data }));
    return (await reply) as RequestMap[Name]["reply"];
  }

  #send(id: string, text: string): void {
    if (this.#status === "connected") {
      this.#socket?.send(text);
    } else {
      this.#unsent.push({ id, text });
    }
  }

  #connect(): void {
    const socket = this.#openSocket(this.#url);
    this.#socket = socket;
    this.#watch(this.#options.helloTimeoutMs);
    socket.onopen = () => socket.send(this.#session.hello());
    socket.onmessage = ({ data }) => this.#receive(socket, String(data));
    socket.onclose = () => this.#lose(socket);
    socket.onerror = () => undefined; // a close follows
  }

  /** Gives the connection up unless something comes within `silenceMs`. */
  #watch(silenceMs: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.after(silenceMs, () => this.#lose(this.#socket));
  }

  #receive(socket: Socket, text: string): void {
    for (const outcome of socket === this.#socket ? this.#session.receive(text) : []) {
      this.#act(socket, outcome);
      if (socket !== this.#socket) {
        return;
      }
    }
    if (socket === this.#socket && this.#status === "connected") {
      this.#watch(this.#options.silenceTimeoutMs);
    }
  }

  #act(socket: Socket, outcome: Outcome): void {
    switch (outcome.kind) {
      case "welcome":
        this.#events.emit("snapshot", outcome.snapshot);
        this.#connected(socket);
        break;
      case "resumed":
        this.#connected(socket);
        break;
      case "event":
        this.#events.emit("event", outcome.event);
        break;
      case "reply":
        this.#requests.settle(outcome.reply);
        break;
      case "dropped":
        this.#events.emit("dropped", outcome.dropped);
        break;
      case "ping":
        socket.send(JSON.stringify({ type: "pong" }));
        break;
      case "bye":
        this.#bye(socket, outcome.code, outcome.detail);
        break;
      case "broken":
        this.#lose(socket);
        break;
    }
  }

  #connected(socket: Socket): void {
    this.#backoff.reset();
    this.#setStatus("connected");
    // One that was given up meanwhile is not sent: its caller was told that it failed.
    const waiting = this.#unsent.filter(({ id }) => this.#requests.has(id));
    this.#unsent = [];
    for (const { text } of waiting) {
      socket.send(text);
    }
  }

  #bye(socket: Socket, code: string, detail: string): void {
    if (isPassingBye(code)) {
      this.#lose(socket);
    } else if (code === "participant_left" && this.#rejoin) {
      void this.#comeBack(this.#rejoin);
    } else {
      this.#finish(OnstageError.bye(code, detail));
    }
  }

  /** The connection is gone or of no more use: the next one is made after the back-off. */
  #lose(socket: Socket | null): void {
    if (socket !== this.#socket || this.#status === "closed") {
      return;
    }
    this.#drop();
    if (this.#status === "connected") {
      this.#requests.failAll(OnstageError.client("connection_lost"));
    }
    this.#setStatus("reconnecting");
    this.#retryLater();
  }

  async #comeBack(rejoin: () => Promise<unknown>): Promise<void> {
    this.#drop();
    this.#setStatus("reconnecting");
    try {
      await rejoin();
      this.hurry();
    } catch (error) {
      const failure = OnstageError.from(error, "server_unreachable");
      if (failure.isPassing) {
        this.#retryLater(failure.retryAfterS);
      } else {
        this.#finish(failure);
      }
    }
  }

  /** After the back-off, and not before the server wants to be asked. */
  #retryLater(notBeforeS: number | null = null): void {
    const delayMs = Math.max(this.#backoff.nextDelayMs(), (notBeforeS ?? 0) * 1000);
    this.#cancelTimer = this.#clock.after(delayMs, () => this.#connect());
  }

  #finish(error: OnstageError | null): void {
    if (this.#status === "closed") {
      return;
    }
    this.#drop();
    this.#setStatus("closed");
    this.#requests.failAll(error ?? OnstageError.client("session_closed"));
    this.#unsent = [];
    this.#events.emit("closed", error);
  }

  #drop(): void {
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
  }

  #setStatus(status: GatewayStatus): void {
    if (status !== this.#status) {
      this.#status = status;
      this.#events.emit("status", status);
    }
  }
}
