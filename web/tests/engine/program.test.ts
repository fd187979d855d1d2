import { afterEach, describe, expect, it, vi } from "vitest";
import { addressOf, appsFor, appsOf, type App, meeting, otherVersion, VERSION } from "../../src/engine/program";
import { PROTOCOL } from "../../src/contract";

const app = (system: App["system"], machine: App["machine"]): App => ({
  name: `ChatApp-${VERSION}-${system}-${machine}.zip`,
  system,
  machine,
  size: 1,
  sha256: "0".repeat(64),
});
const ALL = [app("windows", "x64"), app("macos", "arm64"), app("macos", "x64"), app("linux", "x64"), app("linux", "arm64")];

const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15";
const LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const PI = "Mozilla/5.0 (X11; Linux aarch64; rv:140.0) Gecko/20100101 Firefox/140.0";
const ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148";

afterEach(() => vi.unstubAllGlobals());

describe("The program for this computer", () => {
  it.each([
    ["Windows", WINDOWS, ["windows x64"]],
    ["a Mac, which does not tell its chip", MAC, ["macos arm64", "macos x64"]],
    ["Linux", LINUX, ["linux x64"]],
    ["Linux on ARM", PI, ["linux arm64"]],
    ["an Android phone", ANDROID, []],
    ["an iPhone", IPHONE, []],
    ["something unheard of", "curl/8", []],
  ])("on %s", (_what, agent, expected) => {
    const { fitting, others } = appsFor(ALL, agent);
    expect(fitting.map((one) => `${one.system} ${one.machine}`)).toEqual(expected);
    expect(others).toHaveLength(ALL.length - expected.length);
  });

  it("comes from the room, wherever the page is from", () => {
    expect(addressOf("http://192.168.0.7:27272", app("linux", "x64"))).toBe(`http://192.168.0.7:27272/apps/ChatApp-${VERSION}-linux-x64.zip`);
  });

  it("is none when the host is gone or older than that", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("gone")));
    expect(await appsOf("http://192.168.0.7:27272")).toEqual([]);
    vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"code":"not-found"}', { status: 404 })));
    expect(await appsOf("http://192.168.0.7:27272")).toEqual([]);
  });
});

describe("Another version", () => {
  const ours = { version: "0.9.0", protocol: 1 };

  it.each([
    ["0.9.0", 1, null],
    ["0.10.0", 1, "newer"],
    ["1.0", 1, "newer"],
    ["0.8.12", 1, "older"],
    ["0.9", 1, null],
    ["0.9.0", 2, "foreign"],
    ["2.0.0", 2, "foreign"],
  ])("%s with protocol %i is %s", (version, protocol, is) => {
    expect(meeting(ours, { version, protocol })?.is ?? null).toBe(is);
  });

  it("is asked of the room's door", async () => {
    const door = vi.fn((_: URL) => Promise.resolve(new Response(JSON.stringify({ version: "999.0.0", protocol: PROTOCOL }))));
    vi.stubGlobal("fetch", door);
    expect(await otherVersion("http://192.168.0.7:27272")).toEqual({ version: "999.0.0", is: "newer" });
    expect(String(door.mock.calls[0]?.[0])).toBe("http://192.168.0.7:27272/healthz");
  });

  it("does not matter when the door cannot be asked", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("gone")));
    expect(await otherVersion("http://192.168.0.7:27272")).toBeNull();
  });
});
