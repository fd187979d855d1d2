import type { FoundRoom, Native } from "../src/native/native";

type Answer = Awaited<ReturnType<Native["host"]>>;

/** A program without a window and without a network: it answers the launcher as it was told to. */
export class FakeProgram implements Pick<Native, "state" | "found" | "host" | "join" | "tell"> {
  readonly state: Native["state"] = {
    version: "0.0.0",
    name: null,
    target: null,
    turnedAway: null,
    recent: [],
    goesOn: false,
    saves: true,
    why: null,
    kept: {},
  };
  rooms: FoundRoom[] = [];
  /** The next answers; after them everything goes well. */
  answers: Answer[] = [];
  /** What the launcher wanted: ["join", "10.0.0.7", "준", null] */
  asked: unknown[][] = [];
  isAsked = false;

  found = async (): Promise<FoundRoom[]> => this.rooms;
  host = (...given: Parameters<Native["host"]>): Promise<Answer> => this.#answer("host", ...given);
  join = (...given: Parameters<Native["join"]>): Promise<Answer> => this.#answer("join", ...given);
  tell = (): void => {};

  async #answer(...asked: unknown[]): Promise<Answer> {
    this.asked.push(asked);
    this.isAsked = true;
    await Promise.resolve();
    this.isAsked = false;
    return this.answers.shift() ?? { ok: true };
  }
}
