/** Friendly names that a new person finds filled in: 다정한 수달, Brave Otter. */

const KOREAN = {
  first:
    "다정한 용감한 느긋한 씩씩한 반가운 부지런한 명랑한 상냥한 든든한 차분한 재빠른 슬기로운 포근한 싱그러운 따뜻한 유쾌한 정다운 꼼꼼한 산뜻한 해맑은 당당한 고요한 반짝이는 노래하는",
  last: "수달 고래 여우 다람쥐 토끼 부엉이 고양이 펭귄 사슴 제비 너구리 돌고래 참새 거북이 코알라 판다 두루미 고슴도치 강아지 하마 기린 물범 나비 올빼미",
};

const ENGLISH = {
  first: [
    "Brave Calm Cheerful Clever Cosy Curious Eager Friendly Gentle Happy Jolly Kind Lively",
    "Lucky Merry Nimble Patient Quiet Quick Shiny Sunny Swift Warm Witty",
  ].join(" "),
  last: [
    "Otter Whale Fox Squirrel Rabbit Owl Cat Penguin Deer Swallow Badger Dolphin Sparrow",
    "Turtle Koala Panda Crane Hedgehog Puppy Hippo Giraffe Seal Butterfly Robin",
  ].join(" "),
};

/** A random name in the first of these languages that has some; English for all others. */
export function friendlyName(languages: readonly string[], random: () => number = Math.random): string {
  const korean = languages[0]?.toLowerCase().startsWith("ko");
  const { first, last } = korean ? KOREAN : ENGLISH;
  return `${pick(first, random)} ${pick(last, random)}`;
}

function pick(words: string, random: () => number): string {
  const all = words.split(" ");
  return all[Math.floor(random() * all.length)] ?? "";
}
