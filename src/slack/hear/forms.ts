import type { types } from "@slack/bolt";
import { COMMAND, named } from "../../maintenance/text/command.js";
import type { Reply } from "../../maintenance/text/reply.js";
import { DEFAULT_DURATION, renderForm } from "../render/form/form.js";
import { type DrainForm, INPUTS, type InputName, LABELS } from "../render/form/inputs.js";
import {
  type AskedAt,
  askedAt,
  type FormMetadata,
  formMetadata,
  previewMetadata,
  renderAwaited,
} from "../render/form/preview.js";
import { plain } from "../render/mrkdwn.js";
import type { ReplyTarget } from "../say/messenger.js";
import { SlackFailure } from "../wire/errors.js";
import { LIMITS } from "../wire/limits.js";
import type { CommandInput, SlackHandlers } from "./handlers.js";
import type { OpenModal } from "./modals.js";

/** A command that says nothing yet, or only that it is to be a drain: the form asks for the rest. */
export function asksForForm(text: string): boolean {
  return /^\s*(?:drain)?\s*$/i.test(text);
}

/** A longer line is typed; it has to fit into what the preview carries. */
const LONGEST_LINE = 2000;

type FormHandlers = Pick<SlackHandlers, "formChoices" | "lineOf" | "command">;

/**
 * Opens the form. When Slack does not open it, `otherwise` is what the person is told: a command or a click never just
 * vanishes.
 */
export async function openForm(
  at: ReplyTarget & { readonly triggerId: string },
  o: { readonly handlers: FormHandlers; readonly openModal: OpenModal },
  otherwise: (failure: SlackFailure) => Promise<Reply | null>,
): Promise<Reply | null> {
  const { channel, responseUrl, command, user } = at;
  const choices = await o.handlers.formChoices({ channel, user });
  const { timeZone } = choices;
  const metadata = JSON.stringify({ channel, responseUrl, command, timeZone } satisfies FormMetadata);
  try {
    await o.openModal(at.triggerId, renderForm(choices, command, metadata));
    return null;
  } catch (error) {
    return await otherwise(SlackFailure.from(error, "opening the form"));
  }
}

/** The parts of a submitted view that are ours to read. */
export interface FilledView {
  readonly id: string;
  readonly private_metadata: string;
  readonly state: { readonly values: Readonly<Record<string, Readonly<Record<string, Filled>>>> };
}

/** What was typed into an input, or chosen; `selected_date_time` is in epoch seconds. */
interface Filled {
  readonly value?: string | null | undefined;
  readonly selected_option?: { readonly value: string } | null | undefined;
  readonly selected_date_time?: number | null | undefined;
}

/** What a dialog carries from where it was asked for; `null` for one that another version opened. */
export function placeIn({ private_metadata }: Pick<FilledView, "private_metadata">): AskedAt | null {
  return read(private_metadata, askedAt);
}

/** What was filled in. What is not there was left empty. */
export function formIn({ state }: Pick<FilledView, "state">): DrainForm {
  const filled = (name: InputName): Filled => state.values[blockOf(name, state)]?.[name] ?? {};
  const typed = (name: InputName) => filled(name).value?.trim() || null;
  const chosen = (name: InputName) => filled(name).selected_option?.value ?? null;
  const start = filled("start").selected_date_time ?? null;
  const duration = chosen("duration");
  return {
    cluster: chosen("cluster"),
    hosts: typed("hosts"),
    duration: duration === DEFAULT_DURATION ? null : duration,
    otherDuration: typed("other_duration"),
    start: start === null ? typed("start") : start * 1_000,
    reason: typed("reason"),
    ticket: typed("ticket"),
    batches: typed("batches"),
    canary: typed("canary"),
    runbook: chosen("runbook"),
    confirm: typed("confirm"),
    options: typed("options"),
  };
}

/** The id of the block that an input stands in: a form that another version has opened calls it otherwise. */
function blockOf(name: InputName, { values }: FilledView["state"]): string {
  return Object.keys(values).find((block) => values[block]?.[name] !== undefined) ?? LABELS[name];
}

/** What a filled form leads to: what is wrong beside its inputs, or the preview, and the dry run that fills it. */
export type Previewed =
  | { readonly errors: Record<string, string> }
  | { readonly view: types.ModalView; readonly dryRun: CommandInput };

/** Decides at once, without asking anybody: Slack waits for it (invariant 9). */
export function previewOf(
  view: FilledView,
  from: { readonly user: string; readonly triggerId: string },
  { lineOf }: Pick<FormHandlers, "lineOf">,
): Previewed {
  const first = blockOf("hosts", view.state);
  const carried = read(view.private_metadata, formMetadata);
  if (carried === null) return { errors: { [first]: OTHER_VERSION } };
  const { timeZone, ...at } = carried;
  const found = lineOf(formIn(view), { ...at, timeZone, user: from.user });
  if ("mistakes" in found) {
    const told = INPUTS.flatMap((name) => {
      const wrong = found.mistakes[name];
      return wrong === undefined
        ? []
        : [[blockOf(name, view.state), plain(named(wrong, at.command), LIMITS.inputError)]];
    });
    return { errors: Object.fromEntries(told) };
  }
  const { line } = found;
  if (line.length > LONGEST_LINE) return { errors: { [first]: TOO_LONG } };
  const preview = { id: `preview.${from.triggerId}`, line };
  const to = { ...at, user: from.user, thread: null, preview };
  return {
    view: renderAwaited(at, preview),
    dryRun: { ...to, text: `${line} --dry-run`, triggerId: from.triggerId },
  };
}

/**
 * The command that a preview stands for, as if it had been typed; `null` for a preview of another version. The view's own id
 * tells one that is submitted twice.
 */
export function drainOf(
  view: Pick<FilledView, "id" | "private_metadata">,
  user: string,
): CommandInput | null {
  const carried = read(view.private_metadata, previewMetadata);
  if (carried === null) return null;
  const { line, ...at } = carried;
  return { ...at, user, thread: null, text: line, triggerId: view.id, line: `${COMMAND} ${line}` };
}

const OTHER_VERSION = "Another version of the bot opened this. Close it and open the form again.";

const TOO_LONG = `The line is longer than ${LONGEST_LINE} characters: type it as a command instead.`;

function read<T>(text: string, schema: { parse(value: unknown): T }): T | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
