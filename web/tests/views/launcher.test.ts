import { flushSync, mount, tick, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { browserStore } from "../../src/engine/keystore";
import type { TurnedAway } from "../../src/engine/types";
import Launcher from "../../src/native/Launcher.svelte";
import { prefer } from "../../src/views/preferences.svelte";
import { FakeProgram } from "../../stories/program";

let program: FakeProgram;
let page: ReturnType<typeof mount>;

beforeEach(() => {
  localStorage.clear();
  prefer("language", "ko");
  localStorage.setItem("chatapp:name", "준");
  program = new FakeProgram();
});

afterEach(() => unmount(page));

async function opens(): Promise<void> {
  page = mount(Launcher, { target: document.body, props: { native: program, store: browserStore(() => localStorage) } });
  await settled();
}

async function settled(): Promise<void> {
  await vi.waitFor(() => expect(program.isAsked).toBe(false));
  await tick();
  flushSync();
}

const input = (label: string): HTMLInputElement => {
  const found = [...document.querySelectorAll("label")].find((one) => one.textContent === label);
  return document.getElementById(found?.htmlFor ?? "") as HTMLInputElement;
};
const alert = () => document.querySelector("[role=alert]")?.textContent?.trim();
const told = (field: HTMLInputElement) => document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent?.trim();

function write(label: string, text: string): void {
  input(label).value = text;
  input(label).dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}

/** As a browser does it: Enter in a field sends the form that the field belongs to. */
async function enter(label: string): Promise<void> {
  const form = input(label).form ?? document.getElementById(input(label).getAttribute("form") ?? "");
  form?.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
  await settled();
}

const turnedAway = (code: TurnedAway["code"], pin: string | null = null) => {
  program.state.turnedAway = { address: "http://10.0.0.7:27272", name: "민지", pin, code };
};

describe("An address", () => {
  beforeEach(() => opens());

  it("of a room that asks for a PIN brings a field for it, which has the focus", async () => {
    program.answers.push({ ok: false, reason: "pin-required" });
    write("방 주소", "10.0.0.7");
    await enter("방 주소");
    expect(document.activeElement).toBe(input("PIN"));
    expect(alert()).toBe("PIN이 필요한 방입니다. 방장에게 물어보세요.");
    expect(input("PIN").getAttribute("aria-invalid")).toBe("false");

    write("PIN", " 4821 ");
    await enter("PIN");
    expect(program.asked.at(-1)).toEqual(["join", "10.0.0.7", "준", "4821"]);
  });

  it("of a locked room says so beside the address", async () => {
    program.answers.push({ ok: false, reason: "room-locked" });
    write("방 주소", "10.0.0.7");
    await enter("방 주소");
    expect(told(input("방 주소"))).toBe("잠긴 방입니다. 방장에게 열어 달라고 하세요.");
    expect(document.activeElement).toBe(input("방 주소"));
  });

  it("that leads nowhere says why, in the words of now", async () => {
    program.answers.push({ ok: false, reason: "refused" });
    write("방 주소", "10.0.0.7");
    await enter("방 주소");
    expect(told(input("방 주소"))).toContain("그 컴퓨터에는 열린 방이 없습니다.");
    prefer("language", "en");
    flushSync();
    expect(alert()).toContain("No room is open on that computer.");
  });

  it("that is changed takes the PIN of the one before away", async () => {
    program.answers.push({ ok: false, reason: "pin-required" });
    write("방 주소", "10.0.0.7");
    await enter("방 주소");
    write("PIN", "4821");
    write("방 주소", "10.0.0.8");
    expect(document.querySelector("input[inputmode=numeric]")).toBeNull();
    await enter("방 주소");
    expect(program.asked.at(-1)).toEqual(["join", "10.0.0.8", "준", null]);
  });
});

describe("A room in the list", () => {
  const room = (address: string, change = {}) => ({ sign: { id: address, title: "우리 방", pin: false, locked: false, ...change }, address });
  const places = () => [...document.querySelectorAll<HTMLButtonElement>("li button")];

  it("is joined by one press", async () => {
    program.rooms = [room("10.0.0.7:27272")];
    await opens();
    places()[0]?.click();
    await settled();
    expect(program.asked).toEqual([["join", "10.0.0.7:27272", "준", null]]);
  });

  it("says before the press whether it asks for a PIN or is locked", async () => {
    program.rooms = [room("10.0.0.7:27272", { pin: true }), room("10.0.0.8:27272", { pin: true, locked: true })];
    await opens();
    expect(places().map((one) => one.querySelector(".guard")?.textContent?.trim())).toEqual(["PIN이 필요함", "잠겨 있어 새로 들어갈 수 없음"]);
  });

  it("asks for its PIN in the same field, and gets no other room's", async () => {
    program.rooms = [room("10.0.0.7:27272", { pin: true }), room("10.0.0.8:27272")];
    program.answers.push({ ok: false, reason: "pin-required" });
    await opens();
    places()[0]?.click();
    await settled();
    expect([input("방 주소").value, document.activeElement]).toEqual(["10.0.0.7:27272", input("PIN")]);
    write("PIN", "4821");

    places()[1]?.click();
    await settled();
    expect(program.asked.at(-1)).toEqual(["join", "10.0.0.8:27272", "준", null]);
  });
});

describe("Who was turned away by the room", () => {
  it("for a taken name mends the name and presses Enter", async () => {
    turnedAway("name-taken", "4821");
    await opens();
    const name = input("이름");
    expect([name.value, document.activeElement, name.getAttribute("aria-invalid")]).toEqual(["민지", name, "true"]);
    expect(told(name)).toBe("같거나 똑같아 보이는 이름을 쓰는 사람이 있습니다.");
    expect(input("방 주소").value).toBe("10.0.0.7:27272");

    write("이름", "민지2");
    await enter("이름");
    expect(program.asked).toEqual([["join", "10.0.0.7:27272", "민지2", "4821"]]);
  });

  it("for a wrong PIN types another one over it", async () => {
    turnedAway("pin-wrong", "1111");
    await opens();
    const pin = input("PIN");
    expect([pin.value, document.activeElement, pin.getAttribute("aria-invalid")]).toEqual(["1111", pin, "true"]);
    expect([pin.selectionStart, pin.selectionEnd]).toEqual([0, 4]);
    expect(told(pin)).toBe("PIN이 맞지 않습니다.");
  });

  it("for a full room sees that beside the address", async () => {
    turnedAway("room-full");
    await opens();
    expect(told(input("방 주소"))).toBe("방이 가득 찼습니다.");
    expect(document.querySelector("input[inputmode=numeric]")).toBeNull();
  });
});

describe("Starting a room", () => {
  it("has the focus, and Enter in the name sends nothing where no address was given", async () => {
    await opens();
    expect(document.activeElement?.textContent?.trim()).toBe("방 만들기");
    await enter("이름");
    expect(program.asked).toEqual([]);
  });

  it("says beside its button why it failed", async () => {
    program.answers.push({ ok: false, reason: "disk" });
    await opens();
    (document.activeElement as HTMLButtonElement).click();
    await settled();
    expect(alert()).toContain("방을 저장할 수 없습니다.");
    expect(input("방 주소").getAttribute("aria-invalid")).toBe("false");
  });
});
