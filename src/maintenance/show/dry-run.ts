import { type Machine, type MachineNames, machineKey } from "../cluster/machine.js";
import { endMs, type Unavailability } from "../cluster/schedule.js";
import type { Policy } from "../policy/policy.js";
import type { BlastRadius } from "../record/blast-radius.js";
import type { Maintenance } from "../record/record.js";
import type { ApproveMode } from "../record/roll.js";
import type { RunbookShown } from "../record/run.js";
import { amounts, megabytes } from "../text/amounts.js";
import { notOurs } from "../text/command.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Reply, replyOf } from "../text/reply.js";
import { at, type Column, type Grid, tableOf, tablesOf } from "../text/table.js";
import { mention, moment } from "../text/tokens.js";
import { formatSpan, type Millis, nanosToMillis } from "../time.js";
import { AT_DEADLINE } from "./status-cells.js";

/** A batch as it would go down, and what would go away with it. */
export interface BatchShown {
  readonly machines: readonly Machine[];
  /** `null` where no windows can be found for it. */
  readonly window: Unavailability | null;
  readonly blast: BlastRadius;
}

/** What was asked for, and how it would be done. */
interface Asked {
  readonly hosts: string;
  readonly machines: readonly Machine[];
  readonly names: MachineNames;
  /** Empty where all go down together. */
  readonly batches?: readonly BatchShown[];
  /** What one approval is for. */
  readonly approve?: ApproveMode | undefined;
  /** What the plan says about itself. */
  readonly notes?: readonly string[];
  /** What is known of frameworks, by name (`explanationsOf`). */
  readonly explained?: ReadonlyMap<string, string>;
  /** What would be run once a batch is Down. */
  readonly run?: RunWouldBe | undefined;
  readonly terms: Terms;
}

/** When it would be, and who would have a say in it. */
export interface Terms {
  /** From the start of the first window to its end. */
  readonly window: { readonly startMs: Millis; readonly durationMs: Millis };
  /** Whether it lasts so long because nobody said how long. */
  readonly isUsualDuration: boolean;
  readonly deadline: Maintenance["deadline"];
  readonly requester: string;
  readonly approvals: Pick<Policy, "votes" | "approvers" | "selfApproval">;
  /** Whose frameworks and apps run there: per owner their names. */
  readonly owners: readonly { readonly owner: string; readonly of: readonly string[] }[];
}

/** A runbook, and what it would be given for the first batch. */
interface RunWouldBe {
  readonly runbook: RunbookShown;
  /** Names of its files and what would stand in them; none where no batch could be planned. */
  readonly files: readonly (readonly [name: string, text: string])[];
}

/**
 * What `/mesos drain … --dry-run` answers: what would go away, and which rules would refuse it. Nothing is posted.
 *
 * Why it would be refused comes first, each on lines of its own; what it would be is one line, the last.
 *
 * @param unknown machines without a registered agent.
 * @param refusals why the drain would be refused as it stands, and what to do; empty when it would not.
 */
export function dryRunReply(
  cluster: string,
  asked: Asked,
  blast: BlastRadius,
  refusals: readonly { readonly why: string; readonly next: string }[],
  unknown: readonly Machine[] = [],
): Reply {
  const { machines, names, batches = [], notes = [], approve = "each", explained = new Map(), run } = asked;
  const what =
    machines.length === 0
      ? "matches no machine"
      : `is ${counted(machines.length, "machine")} (${quoted(list(machines.map(names.of)))}) with ${counted(blast.tasks, "task")}`;
  const sentences = [
    `Dry run in ${cluster}: ${quoted(asked.hosts)} ${what}.`,
    ...(machines.length === 0 ? [] : termsTexts(cluster, asked.terms, batches.length)),
  ];
  if (unknown.length > 0) {
    sentences.push(
      `No agent is registered on ${quoted(list(unknown.map(names.of)))}, so nothing is known of what runs there.`,
    );
  }
  if (blast.lastCopies.length > 0) {
    const apps = blast.lastCopies.map(({ app, framework }) => `${app} (${framework})`);
    sentences.push(`Last running copies of ${quoted(list(apps))} are among them.`);
  }
  if (!blast.capacity.fits) sentences.push("The agents that stay have no room for what runs on them.");
  if (batches.length > 0) {
    sentences.push(`They would go down in ${batches.length} batches, one after another.`);
    sentences.push(questionsText(approve, batches.length));
  }
  if (run !== undefined) sentences.push(runText(run, batches.length));
  sentences.push(...notes);
  return replyOf({
    tone: refusals.length > 0 ? "refused" : "info",
    text: [...refusals.map((refusal) => `It would be refused: ${refusal.why}`), sentences.join(" ")].join(
      "\n",
    ),
    notDone: "Nothing was posted: this was a dry run.",
    next:
      refusals.length > 0
        ? refusals.map((refusal) => refusal.next).join(" ")
        : "Send it without --dry-run to open the maintenance.",
    table:
      machines.length === 0
        ? null
        : tablesOf(
            batchTable(batches, names),
            ...blastTables(blast, machines, names),
            knownTable(blast, explained),
            ...(run?.files ?? []).map(([name, text]) => `${name.toUpperCase()}\n${notOurs(text.trimEnd())}`),
          ),
  });
}

/** When it would be, what would be done at the deadline, who would have to approve, and who would be told, a sentence each. */
function termsTexts(cluster: string, terms: Terms, batches: number): string[] {
  const { window, isUsualDuration, deadline, requester, approvals, owners } = terms;
  const { startMs, durationMs } = window;
  const isDefault = isUsualDuration ? `, the default of ${cluster}` : "";
  const span = `${formatSpan(durationMs)}${isDefault}`;
  const when =
    batches > 1
      ? `The first window would begin ${moment(startMs)} and last ${span}.`
      : `The window would be ${moment(startMs)} – ${moment(startMs + durationMs)} (${span}).`;
  const { votes, approvers, selfApproval } = approvals;
  const who = approvers.length === 0 ? "anybody who sees the question" : list(approvers.map(mention));
  const but = selfApproval ? "" : `, but not ${mention(requester)}, who asks for it`;
  return [
    when,
    ...(deadline === null
      ? []
      : [`Deadline ${moment(deadline.atMs)}: if tasks are left then, ${AT_DEADLINE[deadline.then]}.`]),
    `Down would need ${counted(votes, "approval")}: ${who} may give ${votes === 1 ? "it" : "them"}${but}.`,
    ...(owners.length === 0
      ? []
      : [
          `Owners of what runs there: ${list(owners.map(({ owner, of }) => `${mention(owner)} (${quoted(list(of))})`))}.`,
        ]),
  ];
}

/** How many questions are asked, and what for. */
function questionsText(approve: ApproveMode, batches: number): string {
  if (approve === "once") return "One question would be for all of them, within limits.";
  return approve === "canary" && batches > 2
    ? `Batch 1 would be asked about alone, and one question would be for the other ${batches - 1}, within limits.`
    : "Each would be asked about alone.";
}

/** What would be run, and that what it is given is shown. */
function runText({ runbook, files }: RunWouldBe, batches: number): string {
  const { name, where, timeLimitMs, then } = runbook;
  const how = where.kind === "batch" ? "once" : `for each machine, at most ${where.atOnce} at once`;
  const after = then === "up" ? "Its success would bring them Up." : "After it a person would ask for Up.";
  const shown =
    files.length === 0 ? "" : ` Below is what it would be given${batches > 1 ? " for batch 1" : ""}.`;
  return `Once ${batches > 1 ? "a batch is" : "they are"} Down the runbook ${quoted(name)} would be run ${how}, for at most ${formatSpan(timeLimitMs)}. ${after}${shown}`;
}

/** One line for each batch: when it goes down, and what with it. */
function batchTable(batches: readonly BatchShown[], names: MachineNames): Grid | null {
  const rows = batches.map((batch, at) => ({ ...batch, place: at + 1 }));
  const volumes: Column<BatchShown> = {
    title: "VOLUMES",
    align: "right",
    cell: ({ blast }) => blast.volumes.length,
  };
  const room: Column<BatchShown> = {
    title: "FITS",
    cell: ({ blast }) => (blast.capacity.fits ? "yes" : "NO"),
  };
  return tableOf(rows, [
    { title: "BATCH", align: "right", cell: ({ place }) => place },
    {
      title: "FROM",
      cell: ({ window }) => at(window === null ? null : nanosToMillis(window.start), "-"),
    },
    { title: "UNTIL", cell: ({ window }) => at(window === null ? null : endMs(window), "-") },
    { title: "TASKS", align: "right", cell: ({ blast }) => blast.tasks },
    ...(rows.some(({ blast }) => blast.volumes.length > 0) ? [volumes] : []),
    ...(rows.some(({ blast }) => !blast.capacity.fits) ? [room] : []),
    {
      title: "MACHINES",
      cut: "middle",
      cell: ({ machines }) => list(machines.map(names.of)),
    },
    {
      title: "LAST COPIES",
      cut: "middle",
      cell: ({ blast }) => list(blast.lastCopies.map(({ app }) => app)),
    },
  ]);
}

/** One line for each framework on the machines of which something is known. */
function knownTable({ frameworks }: BlastRadius, explained: ReadonlyMap<string, string>): Grid | null {
  const names = [...new Set(frameworks.map(({ name }) => name))];
  const rows = names.flatMap((name) => {
    const known = explained.get(name);
    return known === undefined ? [] : [{ name, known }];
  });
  return tableOf(rows, [
    { title: "FRAMEWORK", cut: "middle", cell: ({ name }) => name },
    { title: "KNOWN", cell: ({ known }) => known },
  ]);
}

/** The whole blast radius, what is worst first: a message that cannot hold all of it shows that. */
function blastTables(blast: BlastRadius, machines: readonly Machine[], names: MachineNames): (Grid | null)[] {
  const byKey = new Map(machines.map((machine) => [machineKey(machine), machine]));
  const nameOf = (key: string) => names.of(byKey.get(key) ?? key);
  const last = new Set(blast.lastCopies.map((copy) => appKey(copy.frameworkId, copy.app)));
  const apps = blast.frameworks
    .flatMap((framework) =>
      framework.apps.map((app) => ({
        framework,
        app,
        isLast: last.has(appKey(framework.frameworkId, app.name)),
      })),
    )
    .sort((a, b) => Number(b.isLast) - Number(a.isLast) || b.app.tasks - a.app.tasks);
  const away = [
    ...blast.emptied.map(({ kind, name, agents }) => ({
      kind,
      what: name,
      where: `all of its agents (${agents})`,
    })),
    ...blast.volumes.map(({ id, sizeMb, machine }) => ({
      kind: "volume",
      what: `${id} (${megabytes(sizeMb)})`,
      where: nameOf(machine),
    })),
    ...blast.reservations.map((each) => ({
      kind: "reservation",
      what: `${each.role}: ${amounts(each)}`,
      where: nameOf(each.machine),
    })),
  ];
  const { roles, ...all } = blast.capacity;
  return [
    tableOf(
      [
        ...(roles.length > 1 ? [...roles].sort((a, b) => Number(a.fits) - Number(b.fits)) : []),
        { role: "all together", ...all },
      ],
      [
        { title: "ROLE", cut: "middle", cell: ({ role }) => role },
        { title: "NEEDS", cell: ({ needs }) => amounts(needs) },
        { title: "FREE ELSEWHERE", cell: ({ free }) => amounts(free) },
        { title: "FITS", cell: ({ fits }) => (fits ? "yes" : "NO") },
      ],
    ),
    tableOf(away, [
      { title: "ALSO AWAY", cell: ({ kind }) => kind },
      { title: "WHAT", cut: "middle", cell: ({ what }) => what },
      { title: "WHERE", cut: "middle", cell: ({ where }) => where },
    ]),
    tableOf(apps, [
      { title: "FRAMEWORK", cut: "middle", cell: ({ framework }) => framework.name },
      { title: "APP", cut: "middle", cell: ({ app }) => app.name },
      { title: "TASKS", align: "right", cell: ({ app }) => app.tasks },
      { title: "", cell: ({ isLast }) => (isLast ? "last copies" : "") },
    ]),
  ];
}

function appKey(frameworkId: string, app: string): string {
  return JSON.stringify([frameworkId, app]);
}
