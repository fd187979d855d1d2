import { describe, expect, it } from "vitest";
import { chanceOf, ModelServer, ModelTab } from "./model";

const RUNS = 120;
const STEPS = 300;

interface Run {
  server: ModelServer;
  tab: ModelTab;
}

function faulty(seed: number): Run {
  const chance = chanceOf(seed);
  const server = new ModelServer(chance);
  const tab = new ModelTab(server, chance);
  tab.join();
  for (let step = 0; step < STEPS; step++) act(tab, chance());
  return { server, tab };
}

function act(tab: ModelTab, what: number): void {
  if (what < 0.2) tab.write();
  else if (what < 0.45) tab.flush();
  else if (what < 0.7) tab.serverReads();
  else if (what < 0.9) tab.pageReads();
  else if (what < 0.96) tab.wait();
  else {
    if (what < 0.98) tab.cut();
    else tab.reload();
    tab.join();
  }
}

/** Lets everything end without another fault. */
function settle({ server, tab }: Run): void {
  server.calm = true;
  for (let step = 0; step < 5000 && !tab.outbox.idle; step++) {
    tab.flush();
    tab.serverReads();
    tab.pageReads();
    tab.wait();
  }
}

describe("an outbox against a server behind a line that loses, delays and cuts", () => {
  it(`${RUNS} random runs: every word is in the log exactly once and in order, or shown as failed`, () => {
    const reached: Record<string, number> = {};
    for (let seed = 1; seed <= RUNS; seed++) {
      const run = faulty(seed);
      settle(run);
      const { server, tab } = run;
      expect(tab.outbox.idle, `seed ${seed} never came to rest`).toBe(true);
      const failed = new Set(tab.outbox.commands.map((command) => command.key));
      const delivered = tab.written.filter((text) => !failed.has(text));
      expect(server.log, `seed ${seed}`).toEqual(delivered);
      for (const [what, times] of Object.entries(server.seen)) reached[what] = (reached[what] ?? 0) + times;
    }
    expect(Object.keys(reached).sort()).toEqual(
      [
        "answer lost",
        "command lost or late",
        "cut",
        "gap",
        "internal",
        "late",
        "malformed",
        "ok",
        "reload",
        "replay",
        "slow-down",
        "storage-full",
        "text-empty",
        "text-too-long",
      ].sort(),
    );
    for (const [what, times] of Object.entries(reached)) expect(times, what).toBeGreaterThan(20);
  });
});
