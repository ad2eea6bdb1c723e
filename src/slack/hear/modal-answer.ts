import type { Decision } from "../../maintenance/decisions/table.js";
import { decodeMetadata, EXTENSIONS_MS, type ModalMetadata, REASON_CHARS } from "./modals.js";

/** What was typed into an input, or chosen. */
interface Input {
  readonly value?: string | null | undefined;
  readonly selected_option?: { readonly value: string } | null | undefined;
}

/** The parts of a submitted view that are ours to read. */
export interface SubmittedView {
  readonly private_metadata: string;
  readonly state: { readonly values: Readonly<Record<string, Readonly<Record<string, Input>>>> };
}

/**
 * What somebody answered: the click with its decision completed, or what is wrong, a sentence to say beside the input.
 * Never throws.
 */
export function modalAnswer(view: SubmittedView): ModalMetadata | string {
  const click = decodeMetadata(view.private_metadata);
  if (click === null) return "Another version of the bot opened this. Close it and press the button again.";
  // There is one, also in a dialog that another version opened, where it is called otherwise.
  const [input] = Object.values(view.state.values).flatMap((block) => Object.values(block));
  const completed = complete(click.button.decision, input?.value ?? "", input?.selected_option?.value ?? "");
  return typeof completed === "string"
    ? completed
    : { ...click, button: { ...click.button, decision: completed } };
}

/** The decision with the answer in it, or what is wrong with the answer. */
function complete(decision: Decision, typed: string, chosen: string): Decision | string {
  const reason = typed.replace(/\s+/g, " ").trim().slice(0, REASON_CHARS);
  switch (decision.kind) {
    case "deny":
      return reason === "" ? "Say in a few words why, so that the others know." : { ...decision, reason };
    case "hold":
      return { ...decision, reason: reason === "" ? null : reason };
    case "extend": {
      const byMs = EXTENSIONS_MS.find((ms) => String(ms) === chosen);
      return byMs === undefined ? "Choose by how much." : { ...decision, byMs };
    }
    default:
      return "This needs no answer. Close it and press the button again.";
  }
}
