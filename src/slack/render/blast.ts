import type { MachineNames } from "../../maintenance/cluster/machine.js";
import type { BlastRadius } from "../../maintenance/record/blast-radius.js";
import { amounts, megabytes } from "../../maintenance/text/amounts.js";
import { counted } from "../../maintenance/text/list.js";
import { code, free, lines, listed, type Mrkdwn, mrk } from "./mrkdwn.js";
import { MACHINE_NAME } from "./parts.js";

/** Longest name of an app, a volume, a role or a rack in a list. */
const NAME = 80;

/**
 * What goes away with the machines beside a number of tasks: one line per kind, the most alarming first, and none for
 * what there is not. Each line has at most `max` characters.
 */
export function alarmLines(blast: BlastRadius, names: MachineNames, max: number): Mrkdwn[] {
  return [lastCopies, volumes, emptied, capacity, reservations].flatMap(
    (line) => line(blast, max, names) ?? [],
  );
}

/** Tasks by framework and, in it, by app, one framework a line. At most `max` characters in all. */
function taskLines(blast: BlastRadius, max: number): Mrkdwn {
  const frameworks = blast.frameworks.map((framework) => {
    const apps = framework.apps.map((app) => mrk`${code(app.name, NAME)} ${app.tasks}`);
    return mrk`• ${free(framework.name, NAME)} ${framework.tasks}${apps.length === 0 ? "" : mrk`: ${listed(apps, 400)}`}`;
  });
  return listed(frameworks, max, "\n");
}

function lastCopies({ lastCopies: apps }: BlastRadius, max: number): Mrkdwn | null {
  if (apps.length === 0) return null;
  const names = apps.map(
    (one) =>
      mrk`${code(one.app, NAME)} (${free(one.framework, NAME)}${one.copies === 1 ? "" : mrk`, all ${one.copies}`})`,
  );
  return mrk`🚨 *Last running copies of:* ${listed(names, max)}`;
}

function volumes({ volumes: all }: BlastRadius, max: number, names: MachineNames): Mrkdwn | null {
  if (all.length === 0) return null;
  const shown = [...all]
    .sort((a, b) => b.sizeMb - a.sizeMb)
    .map(
      (one) =>
        mrk`${code(one.id, NAME)} (${megabytes(one.sizeMb)}) on ${code(names.of(one.machine), MACHINE_NAME)}`,
    );
  return mrk`💾 *Persistent volumes out of reach:* ${listed(shown, max)}`;
}

function emptied({ emptied: places }: BlastRadius, max: number): Mrkdwn | null {
  if (places.length === 0) return null;
  const names = places.map(
    (one) => mrk`${free(one.kind, NAME)} ${code(one.name, NAME)} (${counted(one.agents, "agent")})`,
  );
  return mrk`🕳️ *No agent left in:* ${listed(names, max)}`;
}

function capacity({ capacity: all }: BlastRadius, max: number): Mrkdwn | null {
  const short = all.roles.filter((role) => !role.fits);
  if (all.fits && short.length === 0) return null;
  const shortages = [
    ...(all.fits ? [] : [mrk`needs ${amounts(all.needs)}, free ${amounts(all.free)}`]),
    ...short.map(
      (one) => mrk`role ${code(one.role, NAME)} needs ${amounts(one.needs)}, free ${amounts(one.free)}`,
    ),
  ];
  return mrk`📉 *Does not fit on the agents that stay:* ${listed(shortages, max, "; ")}`;
}

function reservations({ reservations: all }: BlastRadius, max: number, names: MachineNames): Mrkdwn | null {
  if (all.length === 0) return null;
  const shown = all.map(
    (one) => mrk`${code(one.role, NAME)} on ${code(names.of(one.machine), MACHINE_NAME)} (${amounts(one)})`,
  );
  return mrk`🔒 *Dynamic reservations out of use:* ${listed(shown, max)}`;
}

/** The thread's message before the drain is posted: what would go away with these machines, in one batch or several. */
export function blastText(blast: BlastRadius, machines: number, names: MachineNames, batches = 1): Mrkdwn {
  const turns = batches > 1 ? `, one batch after another` : "";
  const these = machines === 1 ? "this machine" : `these ${machines} machines`;
  const alarms = alarmLines(blast, names, 350);
  return lines(
    mrk`💥 *What goes away with ${these}${turns}:* ${counted(blast.tasks, "task")}`,
    ...alarms,
    blast.frameworks.length === 0 ? null : taskLines(blast, 900),
    alarms.length === 0 && blast.tasks > 0
      ? mrk`No last running copy, no persistent volume, and what runs there fits on the agents that stay.`
      : null,
  );
}
