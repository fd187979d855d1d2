import { beforeEach, describe, expect, it } from "vitest";
import type { Posted, Refusal } from "../../src/contract";
import { type Command, onWire, Outbox } from "../../src/engine/outbox";

let kept: Command[] = [];
let outbox: Outbox;

const keep = (commands: readonly Command[]): void => void (kept = structuredClone([...commands]));
const ok = (seq = 1): Posted => ({ ok: true, seq });
const no = (code: Refusal["code"], more: Partial<Refusal> = {}): Refusal => ({ ok: false, code, ...more });

function say(...texts: string[]): void {
  for (const text of texts) outbox.add(text, 0, { kind: "say", text });
}

/** Everything that may be sent now, in order. */
function flow(): (Command & { mid: number })[] {
  const sent: (Command & { mid: number })[] = [];
  for (let next = outbox.next(); next; next = outbox.next()) sent.push(next);
  return sent;
}

const wire = (command: Command): string => {
  const [word, fields] = onWire(command);
  return `${word} ${fields["mid"]} ${fields["text"] ?? ""}`.trim();
};
const sentNow = (): string[] => flow().map(wire);

beforeEach(() => {
  kept = [];
  outbox = new Outbox(keep);
});

describe("the numbers", () => {
  it("are 1, 2, 3 in the order of writing, without waiting for answers", () => {
    outbox.joined(0);
    say("하나", "둘", "셋");
    expect(sentNow()).toEqual(["say 1 하나", "say 2 둘", "say 3 셋"]);
  });

  it("go on where the server's memory ends, when ours is lost", () => {
    say("하나");
    outbox.joined(41);
    expect(sentNow()).toEqual(["say 42 하나"]);
  });

  it("are given only after the join has told which ones are taken", () => {
    say("하나");
    expect(outbox.next()).toBeNull();
    expect(outbox.commands[0]?.mid).toBeNull();
  });

  it("are stored before the command is sent", () => {
    outbox.joined(0);
    say("하나");
    expect(outbox.next()?.mid).toBe(1);
    expect(kept[0]).toMatchObject({ mid: 1, content: { text: "하나" } });
  });

  it("start over when the server has forgotten what it had answered", () => {
    outbox.joined(0);
    say("하나", "둘", "셋");
    const [first] = flow();
    if (first) outbox.answered(first, ok());
    outbox.joined(0);
    expect(sentNow()).toEqual(["say 1 둘", "say 2 셋"]);
  });
});

describe("the pipeline", () => {
  it("holds 64 unanswered commands, and one more for each answer", () => {
    outbox.joined(0);
    say(...Array.from({ length: 70 }, (_, index) => `말 ${index}`));
    const sent = flow();
    expect(sent).toHaveLength(64);
    if (sent[0]) outbox.answered(sent[0], ok());
    expect(sentNow()).toEqual(["say 65 말 64"]);
  });

  it("carries one picture at a time, and nothing overtakes it", () => {
    outbox.joined(0);
    outbox.add("a", 0, { kind: "show", image: "data:a", width: 1, height: 1 });
    outbox.add("b", 0, { kind: "show", image: "data:b", width: 1, height: 1 });
    say("뒤");
    const [first, ...rest] = flow();
    expect(rest).toEqual([]);
    if (first) outbox.answered(first, ok());
    expect(sentNow()).toEqual(["show 2", "say 3 뒤"]);
  });

  it("drops what is answered, in whatever order the answers come", () => {
    outbox.joined(0);
    say("하나", "둘");
    for (const command of flow().reverse()) outbox.answered(command, ok());
    expect(outbox.commands).toEqual([]);
    expect(kept).toEqual([]);
  });
});

describe("after a cut", () => {
  it("everything without an answer is sent again under its number", () => {
    outbox.joined(0);
    say("하나", "둘");
    const [first] = flow();
    if (first) outbox.answered(first, ok());
    outbox.cut();
    expect(outbox.next()).toBeNull();
    outbox.joined(1);
    expect(sentNow()).toEqual(["say 2 둘"]);
  });

  it("a command whose answer was lost is asked for again, and known to be in the log", () => {
    outbox.joined(0);
    say("하나");
    flow();
    outbox.joined(1);
    expect(outbox.commands[0]?.taken).toBe(true);
    expect(sentNow()).toEqual(["say 1 하나"]);
  });

  it("a late answer of the old connection still counts when it is final", () => {
    outbox.joined(0);
    say("하나");
    const [first] = flow();
    outbox.cut();
    if (first) outbox.answered(first, ok());
    expect(outbox.commands).toEqual([]);
  });

  it("a late answer that took no number holds nobody up", () => {
    outbox.joined(0);
    say("하나");
    const [first] = flow();
    outbox.cut();
    expect(first && outbox.answered(first, no("slow-down", { retry_ms: 9 })).waitMs).toBeNull();
  });

  it("a reloaded page goes on with what was stored", () => {
    outbox.joined(0);
    say("하나", "둘");
    flow();
    outbox = new Outbox(keep, kept);
    outbox.joined(0);
    expect(sentNow()).toEqual(["say 1 하나", "say 2 둘"]);
  });
});

describe("an answer that took no number", () => {
  it("slow-down in mid pipeline: waits for all answers, then as long as it was told, then goes on from there", () => {
    outbox.joined(0);
    say("하나", "둘", "셋");
    const [one, two, three] = flow() as [Command, Command, Command];
    outbox.answered(one, ok());
    expect(outbox.answered(two, no("slow-down", { retry_ms: 70 })).waitMs).toBeNull();
    expect(outbox.next()).toBeNull();
    expect(outbox.answered(three, no("gap", { expected: 2 })).waitMs).toBe(70);
    expect(outbox.next()).toBeNull();
    outbox.resume();
    expect(sentNow()).toEqual(["say 2 둘"]);
  });

  it("slow-down makes it careful: one at a time, faster with each success", () => {
    outbox.joined(0);
    say("하나", "둘", "셋", "넷");
    for (const command of flow()) outbox.answered(command, no("slow-down", { retry_ms: 1 }));
    outbox.resume();
    const [one, ...none] = flow();
    expect(none).toEqual([]);
    if (one) outbox.answered(one, ok());
    expect(sentNow()).toEqual(["say 2 둘", "say 3 셋"]);
  });

  it("gap with a smaller number than any that waits: numbers start there", () => {
    outbox.joined(4);
    say("하나", "둘");
    for (const command of flow()) outbox.answered(command, no("gap", { expected: 3 }));
    outbox.resume();
    expect(sentNow()).toEqual(["say 3 하나", "say 4 둘"]);
  });

  it("storage-full: keeps trying for ever, more and more slowly", () => {
    outbox.joined(0);
    say("하나");
    const waits = Array.from({ length: 8 }, () => {
      const [one] = flow() as [Command];
      const { waitMs } = outbox.answered(one, no("storage-full"));
      outbox.resume();
      return waitMs;
    });
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
    expect(outbox.commands[0]).toMatchObject({ failed: false, failure: { code: "storage-full" } });
  });

  it("internal five times: it fails, and its number is filled so that the others can pass", () => {
    outbox.joined(0);
    say("하나", "둘");
    for (let time = 0; time < 5; time++) {
      const [one, two] = flow() as [Command, Command];
      outbox.answered(one, no("internal"));
      outbox.answered(two, no("gap", { expected: 1 }));
      outbox.resume();
    }
    expect(sentNow()).toEqual(["say 1", "say 2 둘"]);
    expect(outbox.commands.find((each) => each.failed)).toMatchObject({ failure: { code: "internal" } });
  });

  it("malformed: fails at once, and its number is filled", () => {
    outbox.joined(0);
    say("하나", "둘");
    const [one, two] = flow() as [Command, Command];
    outbox.answered(one, no("malformed"));
    outbox.answered(two, no("gap", { expected: 1 }));
    outbox.resume();
    const [filler] = flow() as [Command];
    expect(wire(filler)).toBe("say 1");
    outbox.answered(filler, no("text-empty"));
    expect(outbox.commands.map((each) => [each.key, each.failed])).toEqual([
      ["하나", true],
      ["둘", false],
    ]);
  });

  it("not-joined: asks for another join", () => {
    outbox.joined(0);
    say("하나");
    const [one] = flow() as [Command];
    expect(outbox.answered(one, no("not-joined")).rejoin).toBe(true);
    outbox.joined(0);
    expect(sentNow()).toEqual(["say 1 하나"]);
  });
});

describe("a refusal of the content", () => {
  beforeEach(() => {
    outbox.joined(0);
    say("너무 긴 말", "둘");
    const [one, two] = flow() as [Command, Command];
    outbox.answered(one, no("text-too-long"));
    outbox.answered(two, ok());
  });

  it("takes its number, and the command waits for the person", () => {
    expect(outbox.commands).toMatchObject([{ failed: true, failure: { code: "text-too-long" } }]);
    expect(outbox.idle).toBe(true);
    say("셋");
    expect(sentNow()).toEqual(["say 3 셋"]);
  });

  it("can be tried again, as a new command", () => {
    outbox.retry("너무 긴 말", 5);
    expect(sentNow()).toEqual(["say 3 너무 긴 말"]);
  });

  it("can be discarded", () => {
    outbox.discard("너무 긴 말");
    expect(outbox.commands).toEqual([]);
    expect(kept).toEqual([]);
  });

  it("outlives a reload as failed, and is not sent by itself", () => {
    outbox = new Outbox(keep, kept);
    outbox.joined(2);
    expect(sentNow()).toEqual([]);
    expect(outbox.commands[0]?.failed).toBe(true);
  });
});

describe("discarding", () => {
  it("takes back what was not sent yet", () => {
    say("하나", "둘");
    outbox.discard("하나");
    outbox.joined(0);
    expect(sentNow()).toEqual(["say 1 둘"]);
  });

  it("cannot unsend what is on its way", () => {
    outbox.joined(0);
    say("하나");
    flow();
    outbox.discard("하나");
    expect(outbox.commands).toHaveLength(1);
  });

  it("frees a queue whose first command the server cannot take", () => {
    outbox.joined(0);
    say("큰 것", "둘");
    const [one, two] = flow() as [Command, Command];
    outbox.answered(one, no("storage-full"));
    outbox.answered(two, no("gap", { expected: 1 }));
    outbox.discard("큰 것");
    outbox.resume();
    expect(sentNow()).toEqual(["say 1", "say 2 둘"]);
  });
});

describe("a picture that the browser could not keep", () => {
  const lost = (mid: number | null): Command => {
    return { key: "p", at: 0, mid, content: { kind: "show", image: "", width: 1, height: 1 }, failed: false };
  };

  it("is gone quietly when the server has it", () => {
    outbox = new Outbox(keep, [lost(1)]);
    outbox.joined(1);
    const [filler] = flow() as [Command];
    expect(wire(filler)).toBe("say 1");
    outbox.answered(filler, ok());
    expect(outbox.commands).toEqual([]);
  });

  it("is told to be lost when the server does not have it, and its number is filled", () => {
    outbox = new Outbox(keep, [lost(1)]);
    outbox.joined(0);
    const [filler] = flow() as [Command];
    outbox.answered(filler, no("text-empty"));
    expect(outbox.commands[0]).toMatchObject({ failed: true, failure: { code: "storage-unavailable" } });
  });
});
