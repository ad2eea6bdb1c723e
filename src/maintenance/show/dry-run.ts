import { type Machine, type MachineNames, machineKey } from "../cluster/machine.js";
import { endMs, type Unavailability } from "../cluster/schedule.js";
import type { BlastRadius } from "../record/blast-radius.js";
import type { ApproveMode } from "../record/roll.js";
import type { RunbookShown } from "../record/run.js";
import { amounts, megabytes } from "../text/amounts.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Reply, replyOf } from "../text/reply.js";
import { type Column, tableOf } from "../text/table.js";
import { utc } from "../text/utc.js";
import { formatSpan, type Millis, nanosToMillis } from "../time.js";

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
  const sentences = [`Dry run in ${cluster}: ${quoted(asked.hosts)} ${what}.`];
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
  sentences.push(...refusals.map((refusal) => `It would be refused: ${refusal.why}`));
  return replyOf({
    tone: refusals.length > 0 ? "refused" : "info",
    text: sentences.join(" "),
    notDone: "Nothing was posted: this was a dry run.",
    next:
      refusals.length > 0
        ? refusals.map((refusal) => refusal.next).join(" ")
        : "Send it without --dry-run to open the maintenance.",
    table:
      machines.length === 0
        ? null
        : [
            batchTable(batches, names),
            blastTables(blast, machines, names),
            knownTable(blast, explained),
            ...(run?.files ?? []).map(([name, text]) => `${name.toUpperCase()}\n${text.trimEnd()}`),
          ]
            .filter((part) => part !== null)
            .join("\n\n"),
  });
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
function batchTable(batches: readonly BatchShown[], names: MachineNames): string | null {
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
      title: "FROM (UTC)",
      cell: ({ window }) => clock(window === null ? null : nanosToMillis(window.start)),
    },
    { title: "UNTIL", cell: ({ window }) => clock(window === null ? null : endMs(window)) },
    { title: "TASKS", align: "right", cell: ({ blast }) => blast.tasks },
    ...(rows.some(({ blast }) => blast.volumes.length > 0) ? [volumes] : []),
    ...(rows.some(({ blast }) => !blast.capacity.fits) ? [room] : []),
    {
      title: "MACHINES",
      shrinks: true,
      cell: ({ machines }) => list(machines.map(names.of)),
    },
    {
      title: "LAST COPIES OF",
      shrinks: true,
      cell: ({ blast }) => list(blast.lastCopies.map(({ app }) => app)),
    },
  ]);
}

function clock(atMs: Millis | null): string {
  return atMs === null ? "-" : utc(atMs, "minute of the year");
}

/** One line for each framework on the machines of which something is known. */
function knownTable({ frameworks }: BlastRadius, explained: ReadonlyMap<string, string>): string | null {
  const names = [...new Set(frameworks.map(({ name }) => name))];
  const rows = names.flatMap((name) => {
    const known = explained.get(name);
    return known === undefined ? [] : [{ name, known }];
  });
  return tableOf(rows, [
    { title: "FRAMEWORK", shrinks: true, cell: ({ name }) => name },
    { title: "KNOWN", cell: ({ known }) => known },
  ]);
}

/** The whole blast radius in tables that fit a line. */
function blastTables(blast: BlastRadius, machines: readonly Machine[], names: MachineNames): string {
  const byKey = new Map(machines.map((machine) => [machineKey(machine), machine]));
  const nameOf = (key: string) => names.of(byKey.get(key) ?? key);
  const last = new Set(blast.lastCopies.map((copy) => appKey(copy.frameworkId, copy.app)));
  const apps = blast.frameworks.flatMap((framework) => framework.apps.map((app) => ({ framework, app })));
  const away = [
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
    ...blast.emptied.map(({ kind, name, agents }) => ({
      kind,
      what: name,
      where: `all of its agents (${agents})`,
    })),
  ];
  const { roles, ...all } = blast.capacity;
  const tables = [
    tableOf(apps, [
      { title: "FRAMEWORK", shrinks: true, cell: ({ framework }) => framework.name },
      { title: "APP", shrinks: true, cell: ({ app }) => app.name },
      { title: "TASKS", align: "right", cell: ({ app }) => app.tasks },
      {
        title: "",
        cell: ({ framework, app }) =>
          last.has(appKey(framework.frameworkId, app.name)) ? "last copies" : "",
      },
    ]),
    tableOf(away, [
      { title: "ALSO AWAY", cell: ({ kind }) => kind },
      { title: "WHAT", shrinks: true, cell: ({ what }) => what },
      { title: "WHERE", shrinks: true, cell: ({ where }) => where },
    ]),
    tableOf(
      [...(roles.length > 1 ? roles : []), { role: "all together", ...all }],
      [
        { title: "ROLE", shrinks: true, cell: ({ role }) => role },
        { title: "NEEDS", cell: ({ needs }) => amounts(needs) },
        { title: "FREE ELSEWHERE", cell: ({ free }) => amounts(free) },
        { title: "FITS", cell: ({ fits }) => (fits ? "yes" : "NO") },
      ],
    ),
  ];
  return tables.filter((table) => table !== null).join("\n\n");
}

function appKey(frameworkId: string, app: string): string {
  return JSON.stringify([frameworkId, app]);
}
