import type { Maintenance } from "../../src/maintenance/record/record.js";
import { parseClick } from "../../src/slack/render/button-value.js";
import { renderCard } from "../../src/slack/render/card/card.js";
import { NOW } from "./fixtures.js";

/** Labels of the buttons on a card and what each decides. */
export function buttons(record: Maintenance): [string, unknown][] {
  return renderCard(record, NOW).blocks.flatMap((block) => {
    if (block.type !== "actions") return [];
    return block.elements.flatMap((element): [string, unknown][] => {
      if (element.type !== "button") return [];
      const parsed = parseClick(element.value);
      return [[element.text.text, parsed.kind === "decision" ? parsed.button.decision : parsed]];
    });
  });
}
