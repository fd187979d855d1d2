import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryStore } from "../../src/engine/keystore";
import { speech } from "../../src/i18n/index.svelte";
import { News, type Said } from "../../src/native/news.svelte";
import { by, said, Sora, 민지, 준 } from "./people";

const file = { name: "과제.pdf", size: 700, type: "application/pdf" };

describe("the system's notifications", () => {
  const told: Said[] = [];
  let looks = false;
  const news = (store = memoryStore()) => new News(store, (said) => told.push(said), () => looks);

  beforeEach(() => {
    vi.useFakeTimers();
    told.length = 0;
    looks = false;
    speech.language = "ko";
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("say who said what, in the page's language", () => {
    const shown = { ...by(Sora, 2), kind: "shown", image: null, width: 1, height: 1, bytes: 1 } as const;
    news().tell(said(준, 1, "안녕"));
    news().tell(shown);
    speech.language = "en";
    news().tell({ ...by(민지, 3), kind: "offered", offer: { id: "o1", files: [file], expires_at: 9 } });
    news().tell({ ...by(민지, 4), kind: "offered", offer: { id: "o2", files: [file, file], expires_at: 9 } });

    expect(told).toEqual([
      { title: "준", text: "안녕" },
      { title: "Sora", text: "사진을 보냈습니다" },
      { title: "민지", text: "Offers a file: 과제.pdf" },
      { title: "민지", text: "Offers 2 files" },
    ]);
  });

  it("come once in five seconds, then with the newest", () => {
    const one = news();
    for (let seq = 1; seq <= 9; seq++) one.tell(said(준, seq));
    expect(told.map(({ text }) => text)).toEqual(["말 1"]);

    vi.advanceTimersByTime(4999);
    expect(told).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(told.map(({ text }) => text)).toEqual(["말 1", "말 9"]);

    vi.advanceTimersByTime(60_000);
    expect(told).toHaveLength(2);
    one.tell(said(준, 10));
    expect(told).toHaveLength(3);
  });

  it("do not come for what the person has seen meanwhile", () => {
    const one = news();
    one.tell(said(준, 1));
    one.tell(said(준, 2));
    looks = true;
    vi.advanceTimersByTime(5000);
    expect(told).toHaveLength(1);
  });

  it("stay off once they were switched off", () => {
    const store = memoryStore();
    expect(news(store).on).toBe(true);
    news(store).switch(false);
    news(store).tell(said(준, 1));
    expect(told).toEqual([]);

    news(store).switch(true);
    news(store).tell(said(준, 2));
    expect(told).toHaveLength(1);
  });
});
