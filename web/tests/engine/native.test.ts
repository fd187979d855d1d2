import { afterEach, describe, expect, it, vi } from "vitest";

import { memoryStore } from "../../src/engine/keystore";
import { isInWindow, takeKey } from "../../src/native/native";

const at = (hash: string): Location => ({ hash, pathname: "/" }) as Location;
const past = (): History => ({ replaceState: vi.fn() }) as unknown as History;
const answers = (status: number, key = ""): void =>
  void vi.stubGlobal("fetch", vi.fn().mockResolvedValue(new Response(JSON.stringify({ key }), { status })));

afterEach(() => vi.unstubAllGlobals());

describe("the key to the program", () => {
  it("is given once for the code that the window brought, which leaves the address at once", async () => {
    answers(200, "key-1");
    const [session, history] = [memoryStore(), past()];

    expect(await takeKey(at("#native=code-1"), history, session)).toBe("key-1");
    expect(fetch).toHaveBeenCalledExactlyOnceWith("/native/enter", { method: "POST", body: "code-1" });
    expect(history.replaceState).toHaveBeenCalledExactlyOnceWith(null, "", "/");
  });

  it("is kept over a reload, when there is no code any more", async () => {
    answers(200, "key-1");
    const session = memoryStore();
    await takeKey(at("#native=code-1"), past(), session);
    answers(500);

    expect(isInWindow(at(""), session)).toBe(true);
    expect(await takeKey(at(""), past(), session)).toBe("key-1");
    expect(fetch).not.toHaveBeenCalled();
  });

  it("is not given for a code that was used before, and the address is clean all the same", async () => {
    answers(403);
    const [session, history] = [memoryStore(), past()];

    await expect(takeKey(at("#native=code-1"), history, session)).rejects.toThrow("403");
    expect(history.replaceState).toHaveBeenCalledOnce();
    expect(isInWindow(at(""), session)).toBe(false);
  });

  it("belongs to no page of a browser", async () => {
    expect(isInWindow(at("#token=abc"), memoryStore())).toBe(false);
    expect(await takeKey(at(""), past(), memoryStore())).toBe("");
  });
});
