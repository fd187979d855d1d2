// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Code } from "../../src/contract";
import type { Link } from "../../src/engine/identity";
import { Lobby } from "../../src/engine/lobby.svelte";
import { browserStore } from "../../src/engine/keystore";
import { Tab } from "../../src/engine/tab";
import type { TurnedAway } from "../../src/engine/types";
import { RoomServer } from "./server";

const silent = { changed: () => {}, progressed: () => {}, heardTyping: () => {}, posted: () => {}, entry: () => {} };
const nothing: Link = { host: null, pin: null, name: null };

let server: RoomServer;
let tab: Tab;
let lobby: Lobby;

/** A page load in the same browser. */
function load(link: Partial<Link> = {}, sendBack: ((why: TurnedAway) => void) | null = null): Lobby {
  lobby?.session?.close();
  lobby = new Lobby(server.address, { ...nothing, ...link }, tab, silent, sendBack);
  return lobby;
}

const phase = (wanted: Lobby["phase"]): Promise<void> =>
  vi.waitFor(() => expect(lobby.phase).toBe(wanted), { timeout: 15_000 });

beforeEach(async () => {
  vi.stubGlobal("navigator", { languages: ["ko-KR"] });
  server = await new RoomServer().start();
  tab = new Tab(browserStore(() => localStorage), () => {});
});

afterEach(async () => {
  lobby.session?.close();
  await server.stop();
  vi.unstubAllGlobals();
});

describe("who comes for the first time", () => {
  it("sees which room it is, joins by a name, and is in", async () => {
    await load().look();
    expect(lobby.phase).toBe("welcome");
    expect(lobby.hint?.title).toBe("우리 방");
    await lobby.join("  민지 ".normalize("NFD"));
    expect(lobby.phase).toBe("room");
    expect(server.joins[0]).toMatchObject({ name: "민지" });
  });

  it("learns why the door stays shut, and can try again", async () => {
    server.refusal = { ok: false, code: "name-taken" };
    await load().look();
    await lobby.join("민지");
    expect([lobby.phase, lobby.failure?.code]).toEqual(["welcome", "name-taken"]);
    server.refusal = null;
    await lobby.join("민지");
    expect(lobby.phase).toBe("room");
  });

  it("is told that the room cannot be reached, and is in front of it as soon as it can", async () => {
    await server.stop();
    await load().look();
    expect(lobby.phase).toBe("unreachable");
    await server.start();
    await phase("welcome");
  });

  it("is told so too when the room goes away between door and seat", async () => {
    await load().look();
    await server.stop();
    await lobby.join("민지");
    expect([lobby.phase, lobby.failure?.code]).toEqual(["welcome", "unreachable"]);
  });
});

describe("who has a seat", () => {
  beforeEach(async () => {
    await load().look();
    await lobby.join("민지");
  });

  it("is back in it after a reload, with the same token", async () => {
    await load().look();
    await phase("room");
    expect(server.joins[1]?.token).toBe(server.joins[0]?.token);
  });

  it("is asked for a name again once it has left", async () => {
    lobby.end("left");
    expect([lobby.phase, lobby.ending]).toEqual(["ended", "left"]);
    await load().look();
    expect(lobby.phase).toBe("welcome");
    expect(lobby.suggestedName).toBe("민지");
  });

  it("is out for good when it was removed", async () => {
    server.refusal = { ok: false, code: "was-removed" };
    await load().look();
    await phase("ended");
    expect(lobby.ending).toBe("removed");
  });

  it("sees the door of the room that is there now, and shows it no token unasked", async () => {
    server.id = "another";
    server.cut();
    await phase("welcome");
    expect(lobby.hint?.id).toBe("another");
    expect(server.joins).toHaveLength(1);
  });
});

describe("a link", () => {
  it("makes one the host of its room, and of no other that is there later", async () => {
    await load({ host: "host-token-of-r1" }).look();
    await lobby.join("Sora");
    expect(server.joins[0]?.token).toBe("host-token-of-r1");
    server.id = "another";
    server.cut();
    await phase("welcome");
    await lobby.join("Sora");
    expect(server.joins.at(-1)?.token).not.toBe("host-token-of-r1");
  });

  it("is needed no more where somebody was the host, and the door says who one is", async () => {
    server.hostToken = "host-token-of-r1";
    await load({ host: "host-token-of-r1" }).look();
    expect(lobby.joinsAsHost).toBe(true);
    await lobby.join("Sora");
    lobby.end("left");
    await load().look();
    expect(lobby.joinsAsHost).toBe(true);
  });

  it("with a token that is not the host's makes no host of anybody", async () => {
    server.hostToken = "host-token-of-r1";
    await load({ host: "of-another-day" }).look();
    await lobby.join("Sora");
    lobby.end("left");
    await load().look();
    expect(lobby.joinsAsHost).toBe(false);
  });

  it("brings the PIN along", async () => {
    await load({ pin: "1234" }).look();
    await lobby.join("준");
    expect(server.joins[0]?.pin).toBe("1234");
  });
});

describe("who gave the name before the page, in the launcher", () => {
  const given = { name: "민지", pin: "1234", joins: true };
  let sentBack: TurnedAway[];

  beforeEach(() => {
    sentBack = [];
    return load(given, (why) => sentBack.push(why)).look();
  });

  const refusedWith = async (code: Code): Promise<TurnedAway[]> => {
    lobby.end("left");
    sentBack = [];
    server.refusal = { ok: false, code };
    await load(given, (why) => sentBack.push(why)).look();
    await vi.waitFor(() => expect(sentBack).toHaveLength(1));
    return sentBack;
  };

  it("is in without another word", () => phase("room"));

  it("is sent back there with what was given when the room refuses", async () => {
    expect(await refusedWith("name-taken")).toEqual([{ name: "민지", pin: "1234", code: "name-taken" }]);
    expect([lobby.phase, lobby.session]).toEqual(["loading", null]);
  });

  it("is told something that there are words for, whatever the host says", async () => {
    expect((await refusedWith("<b>mallory</b>" as Code))[0]?.code).toBe("internal");
  });

  it("stays in front of the room where the name is taken when one comes back after a cut", async () => {
    await phase("room");
    server.refusal = { ok: false, code: "name-taken" };
    server.cut();
    await phase("welcome");
    expect([lobby.failure?.code, sentBack]).toEqual(["name-taken", []]);
  });
});
