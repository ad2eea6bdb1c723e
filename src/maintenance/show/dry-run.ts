import { type Machine, machineKey, machineName } from "../cluster/machine.js";
import type { BlastRadius } from "../record/blast-radius.js";
import { amounts, megabytes } from "../text/amounts.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Reply, replyOf } from "../text/reply.js";
import { tableOf } from "../text/table.js";

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

/** The whole blast radius in tables that fit a line. */
function blastTables(blast: BlastRadius, machines: readonly Machine[]): string {
  const names = new Map(machines.map((machine) => [machineKey(machine), machineName(machine)]));
  const nameOf = (key: string) => names.get(key) ?? key;
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
