import { within } from "../../base/within.js";
import { impliedCluster } from "../../commands/cluster.js";
import type { CommandCluster, CommandContext, DrainCommand } from "../../commands/command.js";
import { parseDuration } from "../../commands/duration.js";
import { lineOfDrain } from "../../commands/line-of.js";
import { parseCommand } from "../../commands/parse.js";
import { undoFormatting } from "../../commands/unformat.js";
import { COMMAND } from "../../maintenance/text/command.js";
import { list } from "../../maintenance/text/list.js";
import type { SlackHandlers } from "../../slack/hear/handlers.js";
import type { People } from "../../slack/people/people.js";
import type { DrainForm, InputName } from "../../slack/render/form/inputs.js";
import { cardChannel, noPlace } from "./card-place.js";

export interface FormCluster extends CommandCluster {
  /** What the form offers to run. */
  readonly runbooks: readonly { readonly name: string }[];
}

/**
 * The form for a drain as one more way to type the line: what is filled in becomes the words of a line, and only the parser
 * says what is wrong with them.
 */
export function createForm(
  clusters: readonly FormCluster[],
  now: () => number,
  people: Pick<People, "of">,
): Pick<SlackHandlers, "formChoices" | "lineOf"> {
  /** The cluster that a form means in which none is chosen. */
  function implied(channel: string): FormCluster | null {
    const meant = impliedCluster({ clusters, channel });
    return meant.ok ? (clusters.find(({ name }) => name === meant.cluster.name) ?? null) : null;
  }

  return {
    async formChoices({ channel, user }) {
      const zone = async () => (await people.of(user))?.timeZone ?? null;
      return {
        timeZone: await within(ZONE_PATIENCE_MS, zone(), () => null),
        clusters: clusters.map(({ name, defaultDurationMs, maxDurationMs, runbooks }) => ({
          name,
          defaultDurationMs,
          maxDurationMs,
          runbooks: runbooks.map((runbook) => runbook.name),
        })),
        chosen: implied(channel)?.name ?? null,
      };
    },

    lineOf(form, at) {
      const cluster = clusters.find(({ name }) => name === form.cluster) ?? implied(at.channel);
      if (cluster === null) return { mistakes: { cluster: "Choose the cluster." } };
      const context = { clusters, ...at, nowMs: now() };
      const read = (...words: readonly string[]) =>
        drainIn(["drain", ...words, `--cluster ${cluster.name}`].join(" "), context);
      const hosts = form.hosts ?? "";
      const parts = partsOf(form);
      const mistakes: Partial<Record<InputName, string>> = {
        ...mistakeIn("hosts", read(hosts)),
        ...Object.assign({}, ...parts.map(([input, part]) => mistakeIn(input, read(PROBE, part)))),
        ...durationMistake(form),
        ...startMistake(form, now()),
        ...runbookMistake(form, cluster),
        ...placeMistake(cluster, at.channel, clusters),
      };
      // Options may be about what stands in other inputs.
      const right = parts.filter(([input]) => mistakes[input] === undefined).map(([, part]) => part);
      const options = form.options ?? "";
      Object.assign(mistakes, mistakeIn("options", read(PROBE, ...right, options)));
      if (Object.keys(mistakes).length > 0) return { mistakes };
      const drain = read(hosts, ...right, options);
      if (typeof drain === "string") return { mistakes: { hosts: drain } };
      return { line: lineOfDrain(drain, context.nowMs).slice(`${COMMAND} `.length) };
    },
  };
}

/** A form opens within the 3 s of its trigger, whether the zone of the person is known or not. */
const ZONE_PATIENCE_MS = 500;

/** A host that stands for all others while another input is looked at. */
const PROBE = "host";

/** The drain that a line asks for, or what is wrong with it. */
function drainIn(line: string, context: CommandContext): DrainCommand | string {
  const parsed = parseCommand(line, context);
  // What a time is taken for, the preview tells.
  if (!parsed.ok && parsed.isOffer && parsed.reply.line !== null) return drainIn(parsed.reply.line, context);
  if (!parsed.ok) return parsed.reply.text;
  const { command } = parsed;
  if (!("durationMs" in command)) return "This asks for help, not for a drain.";
  return command.dryRun ? "Preview is the dry run: leave --dry-run out here." : command;
}

function mistakeIn(input: InputName, read: DrainCommand | string): Partial<Record<InputName, string>> {
  if (typeof read !== "string") return {};
  // The input has a label of its own, and the options are typed as in a line.
  return { [input]: input === "options" ? read : read.replace(/^--[a-z-]+: /, "") };
}

/** What stands in the line between the hosts and the other options, and which input each comes from. */
function partsOf(form: DrainForm): readonly (readonly [InputName, string])[] {
  const duration: readonly [InputName, string | null] =
    form.otherDuration === null ? ["duration", form.duration] : ["other_duration", form.otherDuration];
  const parts: readonly (readonly [InputName, string | null])[] = [
    duration,
    ["start", typeof form.start === "number" ? `--at ${minuteOf(form.start)}` : optionOf("at", form.start)],
    ["batches", optionOf("batch", form.batches)],
    ["canary", optionOf("canary", form.canary)],
    ["runbook", optionOf("run", form.runbook)],
    ["confirm", optionOf("confirm", form.confirm)],
    ["reason", optionOf("reason", form.reason)],
    ["ticket", optionOf("ticket", form.ticket)],
  ];
  return parts.flatMap(([input, part]) => (part === null ? [] : [[input, part] as const]));
}

/** A value that is one plain word stands alone, any other in quotes; those inside of it become single ones. */
function optionOf(name: string, value: string | null): string | null {
  if (value === null) return null;
  if (/^[\w.%@][\w.%@/#-]*$/.test(value)) return `--${name} ${value}`;
  return `--${name} "${value.replace(/["\u201C-\u201F\u2033]/g, "'")}"`;
}

/** `2026-12-01T22:00Z`: the same for whoever reads it. */
function minuteOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}

/** In a line of words something else could be meant by what is no duration. */
function durationMistake({ otherDuration }: DrainForm): Partial<Record<InputName, string>> {
  const parsed =
    otherDuration === null ? null : parseDuration(undoFormatting(otherDuration).replaceAll(" ", ""));
  return parsed === null || parsed.ok ? {} : { other_duration: parsed.problem };
}

function startMistake({ start }: DrainForm, nowMs: number): Partial<Record<InputName, string>> {
  if (typeof start !== "number" || start > nowMs) return {};
  return { start: "That time is over. Leave it empty to start at once." };
}

function placeMistake(
  cluster: FormCluster,
  openedIn: string,
  { length }: readonly FormCluster[],
): Partial<Record<InputName, string>> {
  if (cardChannel(cluster, openedIn) !== null) return {};
  const what = `${noPlace(cluster)} Type ${COMMAND} in the channel where it belongs.`;
  return { [length > 1 ? "cluster" : "hosts"]: what };
}

/** The form offers the runbooks of all clusters. */
function runbookMistake({ runbook }: DrainForm, cluster: FormCluster): Partial<Record<InputName, string>> {
  const names = cluster.runbooks.map(({ name }) => name);
  if (runbook === null || names.includes(runbook)) return {};
  const has = names.length === 0 ? "has none" : `has ${list(names)}`;
  return { runbook: `${cluster.name} has no runbook ${runbook}; it ${has}.` };
}
