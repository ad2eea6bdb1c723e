import { type Machine, machineKey, machineName } from "../cluster/machine.js";
import type { BlastRadius } from "../record/blast-radius.js";
import { amounts, megabytes } from "../text/amounts.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Reply, replyOf } from "../text/reply.js";
import { type Column, tableOf } from "../text/table.js";

/**
 * What `/mesos drain … --dry-run` answers: what would go away, and which rules would refuse it. Nothing is posted.
 *
 * @param unknown machines without a registered agent.
 * @param refusals why the drain would be refused as it stands, and what to do; empty when it would not.
 */
export function dryRunReply(
  cluster: string,
  asked: { readonly hosts: string; readonly machines: readonly Machine[] },
  blast: BlastRadius,
  refusals: readonly { readonly why: string; readonly next: string }[],
  unknown: readonly Machine[] = [],
): Reply {
  const { machines } = asked;
  const what =
    machines.length === 0
      ? "matches no machine"
      : `is ${counted(machines.length, "machine")} (${quoted(list(machines.map(machineName)))}) with ${counted(blast.tasks, "task")}`;
  const sentences = [`Dry run in ${cluster}: ${quoted(asked.hosts)} ${what}.`];
  if (unknown.length > 0) {
    sentences.push(
      `No agent is registered on ${quoted(list(unknown.map(machineName)))}, so nothing is known of what runs there.`,
    );
  }
  if (blast.lastCopies.length > 0) {
    const apps = blast.lastCopies.map(({ app, framework }) => `${app} (${framework})`);
    sentences.push(`Last running copies of ${quoted(list(apps))} are among them.`);
  }
  if (!blast.capacity.fits) sentences.push("The agents that stay have no room for what runs on them.");
  sentences.push(...refusals.map((refusal) => `It would be refused: ${refusal.why}`));
  return replyOf({
    tone: refusals.length > 0 ? "refused" : "info",
    text: sentences.join(" "),
    notDone: "Nothing was posted: this was a dry run.",
    next:
      refusals.length > 0
        ? refusals.map((refusal) => refusal.next).join(" ")
        : "Send it without --dry-run to open the maintenance.",
    table: machines.length === 0 ? null : blastTables(blast, machines),
  });
}

const TASK_COLUMNS: readonly Column[] = [
  { title: "FRAMEWORK", shrinks: true },
  { title: "APP", shrinks: true },
  { title: "TASKS", align: "right" },
  { title: "" },
];

const AWAY_COLUMNS: readonly Column[] = [
  { title: "ALSO AWAY" },
  { title: "WHAT", shrinks: true },
  { title: "WHERE", shrinks: true },
];

const ROLE_COLUMNS: readonly Column[] = [
  { title: "ROLE", shrinks: true },
  { title: "NEEDS" },
  { title: "FREE ELSEWHERE" },
  { title: "FITS" },
];

/** The whole blast radius in tables that fit a line. */
function blastTables(blast: BlastRadius, machines: readonly Machine[]): string {
  const names = new Map(machines.map((machine) => [machineKey(machine), machineName(machine)]));
  const nameOf = (key: string) => names.get(key) ?? key;
  const last = new Set(blast.lastCopies.map((copy) => appKey(copy.frameworkId, copy.app)));
  const tasks = blast.frameworks.flatMap(({ name, frameworkId, apps }) =>
    apps.map((app) => [
      name,
      app.name,
      String(app.tasks),
      last.has(appKey(frameworkId, app.name)) ? "last copies" : "",
    ]),
  );
  const away = [
    ...blast.volumes.map((each) => [
      "volume",
      `${each.id} (${megabytes(each.sizeMb)})`,
      nameOf(each.machine),
    ]),
    ...blast.reservations.map((each) => [
      "reservation",
      `${each.role}: ${amounts(each)}`,
      nameOf(each.machine),
    ]),
    ...blast.emptied.map((each) => [each.kind, each.name, `all of its agents (${each.agents})`]),
  ];
  const { capacity } = blast;
  const row = (role: string, each: Omit<BlastRadius["capacity"], "roles">) => [
    role,
    amounts(each.needs),
    amounts(each.free),
    each.fits ? "yes" : "NO",
  ];
  const roles = capacity.roles.map((each) => row(each.role, each));
  const all = row("all together", capacity);
  return [
    ...(tasks.length > 0 ? [tableOf(TASK_COLUMNS, tasks)] : []),
    ...(away.length > 0 ? [tableOf(AWAY_COLUMNS, away)] : []),
    tableOf(ROLE_COLUMNS, roles.length > 1 ? [...roles, all] : [all]),
  ].join("\n\n");
}

function appKey(frameworkId: string, app: string): string {
  return JSON.stringify([frameworkId, app]);
}
