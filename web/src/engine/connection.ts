/** One Socket.IO connection that comes back by itself; commands go out with an answer or with a `Cut`. */
import { io, type Socket } from "socket.io-client";
import type { Commands, Events, Refusal } from "../contract";

const ANSWER_MS = 15_000;

/** The connection ended, or the server stayed silent, before the answer came: nobody knows whether it was done. */
export class Cut extends Error {
  constructor() {
    super("cut");
  }
}

export type Told = { [Name in keyof Events]: [Name, Events[Name]] }[keyof Events];

export interface Listener {
  up(): void;
  down(): void;
  /** A try to connect was in vain. */
  missed(): void;
  told(...event: Told): void;
}

const EVENTS = [
  "posted",
  "member-changed",
  "offer-changed",
  "offer-answered",
  "file-stored",
  "upload-wanted",
  "was-typing",
  "room-changed",
  "removed",
  "room-closed",
] as const satisfies (keyof Events)[];

export class Connection {
  readonly #socket: Socket;
  #wanted = false;

  constructor(address: string, listener: Listener) {
    this.#socket = io(address, {
      path: "/socket.io/",
      transports: ["websocket"],
      autoConnect: false,
      forceNew: true,
      reconnectionDelay: 250,
      reconnectionDelayMax: 2000,
      timeout: 5000,
    });
    this.#socket.on("connect", () => listener.up());
    this.#socket.on("connect_error", () => listener.missed());
    this.#socket.on("disconnect", () => this.#gone(listener));
    for (const name of EVENTS) {
      this.#socket.on(name, (payload: unknown) => listener.told(...([name, payload] as Told)));
    }
  }

  get isUp(): boolean {
    return this.#socket.connected;
  }

  open(): void {
    this.#wanted = true;
    this.#socket.connect();
  }

  close(): void {
    this.#wanted = false;
    this.#socket.disconnect();
  }

  /** Drops a connection on which nothing works any more, and makes another. */
  restart(): void {
    if (this.#wanted) this.#socket.io.engine?.close();
  }

  /** The server's answer; throws Cut. */
  async ask<Name extends keyof Commands>(
    command: Name,
    fields: Commands[Name]["fields"],
  ): Promise<Commands[Name]["ack"] | Refusal> {
    if (!this.#socket.connected) throw new Cut();
    const connection = this.#socket.id;
    try {
      return await this.#socket.timeout(ANSWER_MS).emitWithAck(command, fields);
    } catch {
      if (this.#socket.id === connection) this.restart();
      throw new Cut();
    }
  }

  /** Socket.IO does not come back by itself when the server closed in order. */
  #gone(listener: Listener): void {
    listener.down();
    if (this.#wanted && !this.#socket.active) setTimeout(() => this.#wanted && this.#socket.connect(), 250);
  }
}
