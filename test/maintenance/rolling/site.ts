import { advance } from "../../../src/maintenance/advance.js";
import { type Machine, machineKey } from "../../../src/maintenance/cluster/machine.js";
import type { Schedule, Window } from "../../../src/maintenance/cluster/schedule.js";
import type { Task } from "../../../src/maintenance/cluster/task.js";
import type { Agent, Answer, TaskEnd, World } from "../../../src/maintenance/cluster/world.js";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import type { Effect, Step } from "../../../src/maintenance/phases/step.js";
import type { Policy } from "../../../src/maintenance/policy/policy.js";
import { maintenancesToOpen, withOpened } from "../../../src/maintenance/record/left-behind.js";
import type { Batch, Maintenance } from "../../../src/maintenance/record/record.js";
import type { Roll } from "../../../src/maintenance/record/roll.js";
import { NONE_STORED } from "../../../src/maintenance/record/unreadable.js";
import { applyEdit } from "../../../src/maintenance/window/edit.js";
import { agent, HOUR, NOW, policyOf, recordOf, worldOf } from "../../support/world.js";
import { click, planOf } from "../support/flow.js";

/** A maintenance at a cluster that does at once what it is told, on a clock that a test moves. */
export class Site {
  nowMs = NOW;
  record: Maintenance;
  schedule: Schedule;
  posts = 0;
  /** Maintenances of machines that were left behind, by id. */
  readonly opened = new Map<string, Maintenance>();
  /** What frameworks answered, by host name. */
  answers: Readonly<Record<string, readonly Answer[]>> = {};
  readonly down = new Set<string>();
  /** Machines of others that are Down, by host name. */
  readonly othersDown = new Set<string>();
  /** Agents that do not register again by themselves. */
  readonly stopped = new Set<string>();
  /** Other open maintenances of ours. */
  others: readonly Maintenance[] = [];
  readonly tasks: Task[] = [];
  /** What the master remembers of tasks that failed or were lost. */
  readonly ended: TaskEnd[] = [];
  readonly agents: readonly Agent[];
  readonly policy: Policy;
  readonly #machines: readonly Machine[];

  constructor(
    agents: readonly Agent[],
    roll: Roll | undefined,
    parts: {
      readonly durationMs?: number;
      readonly policy?: Partial<Policy>;
      readonly foreign?: Window;
      /** More agents than those that are to go down. */
      readonly beside?: readonly Agent[];
      readonly tasks?: readonly Task[];
      readonly deadline?: Maintenance["deadline"];
    } = {},
  ) {
    this.agents = [...agents, ...(parts.beside ?? [])];
    this.#machines = agents.map(({ machine }) => machine);
    this.tasks.push(...(parts.tasks ?? []));
    this.policy = policyOf(parts.policy);
    this.schedule = { windows: parts.foreign === undefined ? [] : [parts.foreign] };
    const durationMs = parts.durationMs ?? 2 * HOUR;
    const wanted = { startMs: null, durationMs, ...(roll === undefined ? {} : { roll }) };
    this.record = recordOf({
      wanted,
      batches: [],
      confirmed: agents.length,
      deadline: parts.deadline ?? null,
    });
    this.replan();
  }

  /** Plans once more what was asked for. */
  replan(): void {
    const resolution = { machines: this.#machines, literals: [], unknown: [], matchedNothing: [] };
    this.record = planOf(this.record, resolution, this.world(), this.others, this.policy, this.nowMs);
  }

  world(): World {
    const isDown = (machine: Machine) =>
      this.down.has(machineKey(machine)) || this.othersDown.has(machine.hostname);
    const agents = this.agents.filter(({ id, machine }) => !isDown(machine) && !this.stopped.has(id));
    const own = this.agents.filter(({ machine }) => isDown(machine)).map(({ machine }) => machine.hostname);
    const names = [...own, ...this.othersDown];
    return worldOf({
      observedAtMs: this.nowMs,
      agents,
      tasks: this.tasks,
      windows: this.schedule.windows,
      down: names,
      answers: this.answers,
      ended: this.ended,
    });
  }

  /** Looks, decides and does it, until nothing is to be done; then `ms` pass. */
  pass(ms = 0): this {
    for (const opened of maintenancesToOpen(this.record)) {
      this.opened.set(opened.id, opened);
      this.record = withOpened(this.record, opened.id);
    }
    this.record = this.settled();
    for (const [id, record] of this.opened) this.opened.set(id, this.#settled(record));
    this.nowMs += ms;
    return this;
  }

  /** What comes of the record once nothing is to be done for it; it is not stored. */
  settled(): Maintenance {
    return this.#settled(this.record);
  }

  /** What a look decides; nothing of it is carried out. */
  look(record: Maintenance = this.record): Step {
    const { policy, nowMs } = this;
    const others = { ...NONE_STORED, records: this.others };
    return advance(record, { world: this.world(), policy, nowMs, hosts: null, others });
  }

  #settled(record: Maintenance): Maintenance {
    let next = record;
    for (let round = 0; round < 8; round++) {
      const step = this.look(next);
      next = step.record;
      if (step.effects.length === 0) break;
      this.#carryOut(step.effects);
    }
    return next;
  }

  /** The maintenance that looks after what was left behind last. */
  leftBehind(): Maintenance {
    const record = [...this.opened.values()].at(-1);
    if (record === undefined) throw new Error("Nothing was left behind.");
    return record;
  }

  /** Somebody decides; whoever asked does not approve. */
  decide(decision: Decision, by = "U0BOB"): string {
    const { record, reply } = click(this.record, decision, {
      by,
      world: this.world(),
      nowMs: this.nowMs,
      policy: this.policy,
      others: this.others,
      freeId: `m-left${this.record.leftBehind.length + 1}`,
    });
    this.record = record;
    return reply.text;
  }

  /** Asks for the Down of a batch where it was not asked for, and approves it. */
  approve(id: string): string {
    const batch = this.batch(id);
    if (batch.phase === "draining") this.decide({ kind: "ask_down", batch: id }, "U0ALICE");
    const approval = this.batch(id).approvals.at(-1)?.id ?? "none";
    return this.decide({ kind: "approve", batch: id, approval }, "U0CAROL");
  }

  batch(id: string): Batch {
    const batch = this.record.batches.find((one) => one.id === id);
    if (batch === undefined) throw new Error(`There is no ${id}.`);
    return batch;
  }

  phases(): string {
    return this.record.batches.map(({ phase }) => phase).join(" ");
  }

  #carryOut(effects: readonly Effect[]): void {
    const edits = effects.flatMap((effect) => (effect.kind === "update_schedule" ? [effect.edit] : []));
    if (edits.length > 0) {
      const down = this.agents.map(({ machine }) => machine).filter((m) => this.down.has(machineKey(m)));
      this.schedule = edits.reduce((list, edit) => applyEdit(list, edit, down), this.schedule);
      this.posts += 1;
    }
    for (const effect of effects) {
      if (effect.kind === "start_maintenance") for (const m of effect.machines) this.#takeDown(m);
      if (effect.kind === "stop_maintenance") {
        for (const machine of effect.machines) this.down.delete(machineKey(machine));
        this.schedule = effect.machines.reduce(withoutMachine, this.schedule);
      }
    }
  }

  #takeDown(machine: Machine): void {
    this.down.add(machineKey(machine));
    const ids = new Set(
      this.agents.filter((one) => machineKey(one.machine) === machineKey(machine)).map(({ id }) => id),
    );
    this.tasks.splice(0, this.tasks.length, ...this.tasks.filter(({ agentId }) => !ids.has(agentId)));
  }
}

function withoutMachine({ windows }: Schedule, machine: Machine): Schedule {
  return {
    windows: windows
      .map((window) => ({
        ...window,
        machines: window.machines.filter((one) => machineKey(one) !== machineKey(machine)),
      }))
      .filter(({ machines }) => machines.length > 0),
  };
}

/** `web-01` to `web-06` in racks r1 to r3, two in each. */
export function racks(): Agent[] {
  return Array.from({ length: 6 }, (_, at) =>
    agent(`web-0${at + 1}`, { attributes: [{ name: "rack", value: `r${Math.floor(at / 2) + 1}` }] }),
  );
}
