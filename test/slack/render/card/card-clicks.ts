import type { Maintenance } from "../../../../src/maintenance/record/record.js";
import { parseButton } from "../../../../src/slack/render/button-value.js";
import { renderCard } from "../../../../src/slack/render/card/card.js";
import { NOW } from "../../fixtures.js";

/** Labels of the buttons on a card and what each decides. */
export function buttons(record: Maintenance): [string, unknown][] {
  return renderCard(record, NOW).blocks.flatMap((block) => {
    if (block.type !== "actions") return [];
    return block.elements.flatMap((element): [string, unknown][] => {
      if (element.type !== "button") return [];
      const button = parseButton(element.value);
      if (button === null || "adopt" in button || "line" in button || "open" in button)
        throw new Error(`The button ${element.text.text} is not understood.`);
      const means = "show" in button ? { kind: button.show, id: button.id } : button.decision;
      return [[element.text.text, means]];
    });
  });
}
