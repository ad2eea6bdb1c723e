import type { Amounts, Task } from "../cluster/task.js";
import type { Agent } from "../cluster/world.js";
import { groupBy } from "../group-by.js";
import type { BlastRadius } from "../record/blast-radius.js";
import type { Staying } from "./staying.js";

type Capacity = BlastRadius["capacity"];

/**
 * Whether what some tasks use would fit on the agents that stay, as sums: whether one agent has room for one large
 * task is the framework's to find out. A role may use what is not reserved and what is reserved to it or to a role
 * above it (`eng` for `eng/web`). Which allocated resources were reserved ones is not known, so they are taken to be
 * those that suit the role best.
 *
 * @param leaving the agents of the chosen machines.
 */
export function capacityFor(tasks: readonly Task[], leaving: readonly Agent[], staying: Staying): Capacity {
  const gone = leaving.filter((agent) => staying.isStaying(agent.id));
  const free = minus(staying.free, sumOf(gone.map(staying.freeOn)));
  const goneIds = new Set(gone.map((agent) => agent.id));
  const reserved = staying.withReservations.filter((agent) => !goneIds.has(agent.id));
  const roles = [...groupBy(tasks, (task) => task.role)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([role, theirs]) => {
      const forRole = minus(
        free,
        sumOf(reserved.map((agent) => keptFrom(role, agent, staying.freeOn(agent)))),
      );
      return { role, ...compared(sumOf(theirs.map((task) => task.uses)), forRole) };
    });
  const all = compared(sumOf(tasks.map((task) => task.uses)), free);
  return { ...all, fits: all.fits && roles.every((role) => role.fits), roles };
}

/** Of what is free on an agent, what is for other roles only. */
function keptFrom(role: string, { resources }: Agent, free: Amounts): Amounts {
  const total = resources?.total ?? free;
  const others = sumOf((resources?.reservations ?? []).filter((each) => !mayUse(role, each.role)));
  return {
    cpus: Math.max(0, free.cpus - Math.max(0, total.cpus - others.cpus)),
    memMb: Math.max(0, free.memMb - Math.max(0, total.memMb - others.memMb)),
  };
}

function mayUse(role: string, reservedTo: string): boolean {
  return role === reservedTo || role.startsWith(`${reservedTo}/`);
}

/** Mesos counts in thousandths; sums of fractions are off by less. */
const SLACK = 0.0005;

function compared(needs: Amounts, free: Amounts): Omit<Capacity, "roles"> {
  const fits = needs.cpus <= free.cpus + SLACK && needs.memMb <= free.memMb + SLACK;
  return { fits, needs: inThousandths(needs), free: inThousandths(free) };
}

function inThousandths({ cpus, memMb }: Amounts): Amounts {
  return { cpus: Math.round(cpus * 1000) / 1000, memMb: Math.round(memMb * 1000) / 1000 };
}

function minus(a: Amounts, b: Amounts): Amounts {
  return { cpus: Math.max(0, a.cpus - b.cpus), memMb: Math.max(0, a.memMb - b.memMb) };
}

function sumOf(amounts: readonly Amounts[]): Amounts {
  let cpus = 0;
  let memMb = 0;
  for (const each of amounts) {
    cpus += each.cpus;
    memMb += each.memMb;
  }
  return { cpus, memMb };
}
