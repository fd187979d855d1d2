import { describe, expect, it } from "vitest";
import { EnterWatch, type Key } from "../../src/views/compose/enter";

type Step = ["key", Partial<Key>] | ["input", string, boolean] | ["end"];

/** How often one press of Enter sends, and whether a line break slipped into the field. */
function play(steps: Step[]): { sent: number; broke: boolean } {
  const watch = new EnterWatch();
  let sent = 0;
  let broke = false;
  for (const step of steps) {
    const verdict = told(watch, step);
    if (verdict === "send") sent += 1;
    if (step[0] === "input" && verdict === "pass") broke = true;
  }
  return { sent, broke };
}

function told(watch: EnterWatch, step: Step) {
  if (step[0] === "end") return watch.compositionend();
  if (step[0] === "input") return watch.beforeinput({ inputType: step[1], isComposing: step[2] });
  return watch.keydown({ key: "Enter", shiftKey: false, isComposing: false, keyCode: 13, ...step[1] });
}

const once = { sent: 1, broke: false };

describe("One press of Enter sends exactly one message", () => {
  it("when nothing is being put together", () => {
    expect(play([["key", {}]])).toEqual(once);
  });

  it("when Windows and Linux tell Process/229 first and Enter after the syllable", () => {
    expect(play([["key", { key: "Process", keyCode: 229, isComposing: true }], ["end"], ["key", {}]])).toEqual(once);
  });

  it("when macOS tells Enter/229 composing, then the end, then Enter again", () => {
    expect(play([["key", { keyCode: 229, isComposing: true }], ["end"], ["key", {}]])).toEqual(once);
  });

  it("when macOS tells Enter/229 composing, then the end, then only the line break", () => {
    const steps: Step[] = [["key", { keyCode: 229, isComposing: true }], ["end"], ["input", "insertLineBreak", false]];
    expect(play(steps)).toEqual(once);
  });

  it("when Safari ends the syllable first and then tells 229 without composing", () => {
    const steps: Step[] = [["end"], ["key", { keyCode: 229 }], ["input", "insertLineBreak", false]];
    expect(play(steps)).toEqual(once);
  });

  it("when the line break comes while the syllable is still open: it waits for its end", () => {
    const steps: Step[] = [["key", { keyCode: 229, isComposing: true }], ["input", "insertLineBreak", true], ["end"]];
    expect(play(steps)).toEqual(once);
  });

  it("when a phone's keyboard tells no key at all", () => {
    const steps: Step[] = [["key", { key: "Unidentified", keyCode: 229 }], ["input", "insertLineBreak", false]];
    expect(play(steps)).toEqual(once);
  });
});

describe("Nothing is sent", () => {
  it("by Shift+Enter, which is a new line", () => {
    expect(play([["key", { shiftKey: true }], ["input", "insertLineBreak", false]])).toEqual({ sent: 0, broke: true });
  });

  it("by a syllable that ends without Enter", () => {
    expect(play([["key", { key: "Process", keyCode: 229 }], ["end"]])).toEqual({ sent: 0, broke: false });
  });

  it("by letters, pasted lines included", () => {
    expect(play([["input", "insertText", false], ["input", "insertFromPaste", false]]).sent).toBe(0);
  });
});
