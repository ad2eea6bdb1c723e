import { withoutControls } from "./controls.js";
import type { Mask } from "./mask.js";

/** A line that is longer goes on in the next one: no program decides how much is held. */
const LONGEST_LINE = 64 * 1024;

/** Makes readable lines of the bytes that one program prints. */
export interface LineReader {
  push(bytes: Uint8Array): void;
  /** The program prints nothing more. */
  end(): void;
  /** What a progress bar shows right now: the last text that the cursor went back over. */
  progress(): string | null;
}

/**
 * Whole lines for `onLines`, each with its line break: decoded, masked, without colours and control characters, and of
 * what was written over in place only the last. Nothing of a line is given away before it is whole, because a secret
 * might be in the middle of arriving.
 */
export function readLines(mask: Mask, onLines: (text: string) => void): LineReader {
  const decoder = new TextDecoder("utf-8");
  let held = "";
  let shown: string | null = null;
  const clean = (text: string): string => mask.hide(withoutControls(text));
  const give = (text: string): void => {
    shown = null;
    // Anchored to line starts, so that its time is linear.
    onLines(clean(text.replace(/\r+\n/g, "\n").replace(/^[^\n]*\r/gm, "")));
  };
  return {
    push(bytes) {
      held += decoder.decode(bytes, { stream: true });
      const end = held.lastIndexOf("\n") + 1;
      if (end > 0) give(held.slice(0, end));
      held = held.slice(end);
      // The last character may be the half of a line break.
      const back = held.length < 2 ? -1 : held.lastIndexOf("\r", held.length - 2);
      if (back >= 0) {
        const before = held.slice(0, back);
        const text = clean(before.slice(before.lastIndexOf("\r", back - 1) + 1));
        if (text.trim() !== "") shown = text;
        held = held.slice(back + 1);
      }
      while (held.length > LONGEST_LINE) {
        held = withoutControls(held);
        const at = mask.cut(held);
        if (held.length <= LONGEST_LINE || at <= 0) break;
        give(`${held.slice(0, at)}\n`);
        held = held.slice(at);
      }
    },
    end() {
      held += decoder.decode();
      const rest = held.replace(/\r+$/, "");
      held = "";
      if (rest !== "") give(`${rest}\n`);
      else if (shown !== null) give(`${shown}\n`);
    },
    progress: () => shown,
  };
}
