/** What a key event tells; KeyboardEvent has it. */
export type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "isComposing" | "keyCode">;

/** Browsers say 229 for a key that the input method took for itself. */
const TAKEN_BY_INPUT_METHOD = 229;

/** True when this key press is Enter for the page: no shift, and no syllable is being put together. */
export function isSendKey(key: Key): boolean {
  return key.key === "Enter" && !key.shiftKey && !key.isComposing && key.keyCode !== TAKEN_BY_INPUT_METHOD;
}

/** What the composer does about one event. */
export type Verdict = "send" | "hold" | "pass";

/**
 * Decides, over all orders of events that browsers and input methods produce, when one Enter sends:
 * once for a press, never in the middle of a syllable. `hold` keeps the line break out and waits for the syllable's end.
 */
export class EnterWatch {
  #shift = false;
  #held = false;

  keydown(key: Key): Verdict {
    this.#shift = key.shiftKey;
    if (!isSendKey(key)) return "pass";
    this.#held = false;
    return "send";
  }

  beforeinput(input: Pick<InputEvent, "inputType" | "isComposing">): Verdict {
    const breaks = input.inputType === "insertLineBreak" || input.inputType === "insertParagraph";
    if (!breaks || this.#shift) return "pass";
    this.#held = input.isComposing;
    return input.isComposing ? "hold" : "send";
  }

  /** A held Enter sends as soon as its syllable is complete. */
  compositionend(): Verdict {
    const verdict = this.#held ? "send" : "pass";
    this.#held = false;
    return verdict;
  }
}
