import type { types } from "@slack/bolt";
import { COMMAND, named } from "../../../maintenance/text/command.js";
import { formatSpan } from "../../../maintenance/time.js";
import { LIMITS } from "../../wire/limits.js";
import { context, plainObject } from "../blocks.js";
import { code, mrk } from "../mrkdwn.js";
import { type FormChoices, type InputName, LABELS } from "./inputs.js";

/** How a submission is known as the form's. */
export const FORM = "drain_form";

/** Spans to choose from, as they are typed. */
const SPANS = [
  ["30m", 30 * 60_000],
  ["1h", 3_600_000],
  ["2h", 2 * 3_600_000],
  ["4h", 4 * 3_600_000],
  ["8h", 8 * 3_600_000],
  ["1d", 86_400_000],
] as const;

/** In one input; the line that is made of all has to fit beside the rest into what a dialog carries. */
const MOST_CHARS = 1000;

/** The value of the choice that leaves the duration to the cluster. */
export const DEFAULT_DURATION = "default";

/**
 * The form for a drain. Its first button shows what the drain would do (`preview.ts`); nothing is queued by it.
 *
 * @param command what the person calls the command.
 * @param metadata carried from its opening to its submission.
 */
export function renderForm(choices: FormChoices, command: string, metadata: string): types.ModalView {
  return {
    type: "modal",
    callback_id: FORM,
    private_metadata: metadata,
    title: plainObject("Drain machines", LIMITS.modalTitle),
    submit: plainObject("Preview", LIMITS.modalButton),
    close: plainObject("Cancel", LIMITS.modalButton),
    blocks: [
      context(
        mrk`Preview shows what matches and what goes away; nothing is queued before you press Drain there. All that can be typed instead: ${code(named(`${COMMAND} help`, command))}`,
      ),
      ...clusterInput(choices),
      input("hosts", text("web-*"), {
        needed: true,
        hint: "Names, wildcards, ranges, attributes or zones, with commas between: web-01,web-02 · web-[01:06] · @rack=r1 · web-*:!web-03",
      }),
      durationInput(choices),
      input("other_duration", text("90m"), {
        hint: "Counts instead of the chosen one: 90m, 1h30m, 2d",
      }),
      input("reason", text("kernel update")),
      input("ticket", text("OPS-812")),
      input("start", { type: "datetimepicker", action_id: "start" }, { hint: "Empty: at once." }),
      input("batches", text("5"), {
        hint: "Empty: all machines go down together. Else one batch after another: 5 (machines), 10%, @rack, zone or region.",
      }),
      input("canary", text("1"), { hint: "A first batch of that many machines." }),
      ...runbookInput(choices),
      input("confirm", text("40"), { hint: "Only where the preview asks for it." }),
      input("options", text("--deadline 2h --then release"), {
        hint: named(`As they are typed in a line; all of them: ${COMMAND} help drain`, command),
      }),
    ],
  };
}

/** One that may stay empty unless it is `needed`. */
function input(
  name: InputName,
  element: types.InputBlock["element"],
  more: { readonly needed?: true; readonly hint?: string } = {},
): types.InputBlock {
  return {
    type: "input",
    block_id: LABELS[name],
    label: plainObject(LABELS[name], LIMITS.inputLabel),
    optional: more.needed !== true,
    element: { ...element, action_id: name },
    ...(more.hint === undefined ? {} : { hint: plainObject(more.hint, LIMITS.inputHint) }),
  };
}

function text(example: string): types.InputBlock["element"] {
  return {
    type: "plain_text_input",
    multiline: false,
    max_length: MOST_CHARS,
    placeholder: plainObject(example, LIMITS.inputPlaceholder),
  };
}

/** The first option is the proposed one, which stands in the placeholder as well: some clients show no other. */
function select(options: readonly types.PlainTextOption[], proposed?: types.PlainTextOption) {
  return {
    type: "static_select" as const,
    options: options.slice(0, LIMITS.options),
    ...(proposed === undefined
      ? {}
      : {
          initial_option: proposed,
          placeholder: plainObject(proposed.text.text, LIMITS.inputPlaceholder),
        }),
  };
}

function option(label: string, value: string): types.PlainTextOption {
  return { text: plainObject(label, LIMITS.optionText), value };
}

/** Left out where there is only one. */
function clusterInput({ clusters, chosen }: FormChoices): types.InputBlock[] {
  if (clusters.length < 2) return [];
  const options = clusters.map(({ name }) => option(name, name));
  const proposed = options.find(({ value }) => value === chosen);
  return [input("cluster", select(options, proposed), { needed: true })];
}

function durationInput({ clusters, chosen }: FormChoices): types.InputBlock {
  const [only, ...more] = clusters;
  const meant = clusters.find(({ name }) => name === chosen) ?? (more.length === 0 ? only : undefined);
  const most = Math.max(...clusters.map(({ maxDurationMs }) => maxDurationMs));
  const usual =
    meant === undefined
      ? "the default of the cluster"
      : more.length === 0
        ? `${formatSpan(meant.defaultDurationMs)} (default)`
        : `default: ${formatSpan(meant.defaultDurationMs)} in ${meant.name}`;
  const proposed = option(usual, DEFAULT_DURATION);
  const spans = SPANS.filter(([, ms]) => ms <= most && (more.length > 0 || ms !== only?.defaultDurationMs));
  const options = [proposed, ...spans.map(([typed, ms]) => option(formatSpan(ms), typed))];
  return input("duration", select(options, proposed));
}

/** Left out where no cluster has a runbook. */
function runbookInput({ clusters }: FormChoices): types.InputBlock[] {
  const names = [...new Set(clusters.flatMap(({ runbooks }) => runbooks))].sort();
  if (names.length === 0) return [];
  const options = names.map((name) => {
    const having = clusters.filter(({ runbooks }) => runbooks.includes(name));
    const where = having.length === clusters.length ? "" : ` (${having.map((one) => one.name).join(", ")})`;
    return option(`${name}${where}`, name);
  });
  return [input("runbook", select(options), { hint: "Run between Down and Up." })];
}
