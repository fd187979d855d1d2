/** A small room behind a real Socket.IO server: the contract's join, say and history, and faults on demand. */
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket } from "socket.io";
import type { Entry, Join, Posted, Refusal, Welcome } from "../../src/contract";
import { room, said, 민지, 준 } from "./people";

type Ack = (answer: unknown) => void;
type Fault = "lose the answer" | "lose the command";

export class RoomServer {
  id = "r1";
  epoch = "e1";
  pageEntries = 100;
  entries: Entry[] = [said(준, 1)];
  readonly joins: Join[] = [];
  readonly histories: unknown[] = [];
  /** What happens to the next commands of a kind that posts. */
  faults: Fault[] = [];
  refusal: Refusal | null = null;
  hostToken: string | null = null;
  readonly #mids = new Map<string, (Posted | Refusal)[]>();
  #http: HttpServer | null = null;
  #io: Server | null = null;
  #port = 0;

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<this> {
    this.#http = createServer((_asked, reply) => {
      reply.setHeader("content-type", "application/json");
      const hint = { id: this.id, title: "우리 방", pin: false, locked: false };
      reply.end(JSON.stringify({ app: "chatapp", room: hint }));
    });
    this.#io = new Server(this.#http, { transports: ["websocket"] });
    this.#io.on("connection", (socket) => this.#serve(socket));
    await new Promise<void>((resolve) => this.#http?.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#http.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    this.#http?.closeAllConnections();
    await this.#io?.close();
  }

  /** Every connection breaks, as by a pulled cable that was noticed. */
  cut(): void {
    for (const socket of this.#io?.sockets.sockets.values() ?? []) socket.conn.close();
  }

  /** Every client is sent away in order, after which Socket.IO does not come back by itself. */
  dismiss(): void {
    this.#io?.disconnectSockets();
  }

  /** Adds an entry; `tell` false: the push is lost. */
  post(text: string, tell = true): number {
    const entry = said(준, this.entries.length + 1, text);
    this.entries.push(entry);
    if (tell) this.tell("posted", entry);
    return entry.seq;
  }

  tell(event: string, payload: unknown): void {
    this.#io?.emit(event, payload);
  }

  texts(): string[] {
    return this.entries.flatMap((entry) => (entry.kind === "said" ? [entry.text] : []));
  }

  #serve(socket: Socket): void {
    let outbox = "";
    socket.on("join", (asked: Join, ack: Ack) => {
      this.joins.push(asked);
      outbox = asked.outbox ?? "main";
      ack(this.refusal ?? this.#welcome(asked));
    });
    socket.on("say", (asked: { mid: number; text: string }, ack: Ack) => this.#said(socket, outbox, asked, ack));
    socket.on("history", (asked: { after: number }, ack: Ack) => {
      this.histories.push(asked);
      ack({ ok: true, entries: this.#page(asked.after), head: this.entries.length });
    });
  }

  #welcome(asked: Join): Welcome {
    const known = asked.epoch === this.epoch && asked.since !== undefined && asked.since <= this.entries.length;
    const entries = known ? this.#page(asked.since ?? 0) : this.entries.slice(-this.pageEntries);
    const last_mid = this.#outbox(asked.outbox ?? "main").length;
    const now = { ...room(this.entries.length, this.epoch), id: this.id };
    const you = { ...민지, host: asked.token === this.hostToken };
    return { ok: true, you, room: now, members: [민지, 준], entries, offers: [], last_mid };
  }

  #page = (after: number): Entry[] => this.entries.slice(after, after + this.pageEntries);

  #outbox(name: string): (Posted | Refusal)[] {
    const answers = this.#mids.get(name) ?? [];
    this.#mids.set(name, answers);
    return answers;
  }

  #said(socket: Socket, outbox: string, { mid, text }: { mid: number; text: string }, ack: Ack): void {
    const fault = this.faults.shift();
    if (fault === "lose the command") return void socket.conn.close();
    const answer = this.#answer(this.#outbox(outbox), mid, text);
    if (fault === "lose the answer") return void socket.conn.close();
    ack(answer);
  }

  #answer(answers: (Posted | Refusal)[], mid: number, text: string): Posted | Refusal {
    const before = answers[mid - 1];
    if (before) return before;
    if (mid > answers.length + 1) return { ok: false, code: "gap", expected: answers.length + 1 };
    const entry = { ...said(민지, this.entries.length + 1, text) };
    this.entries.push(entry);
    answers.push({ ok: true, seq: entry.seq });
    this.tell("posted", entry);
    return { ok: true, seq: entry.seq };
  }
}
