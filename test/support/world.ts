import { type Machine, type MachineId, machineNames } from "../../src/maintenance/cluster/machine.js";
import type { Schedule, Window } from "../../src/maintenance/cluster/schedule.js";
import type { Task } from "../../src/maintenance/cluster/task.js";
import { listed } from "../../src/maintenance/cluster/tasks.js";
import type { Agent, Answer, Framework, World } from "../../src/maintenance/cluster/world.js";
import type { Policy } from "../../src/maintenance/policy/policy.js";
import { inItsPhase } from "../../src/maintenance/record/batch-phases.js";
import type { Batch, Maintenance } from "../../src/maintenance/record/record.js";
import type { FlatBatch } from "../../src/maintenance/record/stored-batch.js";
import type { Kept } from "../../src/maintenance/show/history.js";
import { millisToNanos } from "../../src/maintenance/time.js";

/** Small builders for the plain data of the domain: what a test does not name has a harmless value. */

export const MINUTE = 60_000;

export const HOUR = 60 * MINUTE;

/** The "now" of tests: 2026-10-20 12:00 UTC. */
export const NOW = Date.UTC(2026, 9, 20, 12);

/** `web-01` at `10.0.0.1`: the machine that `agent("web-01")` runs on. */
export function machine(hostname: string, ip = ipOf(hostname)): Machine {
  return { hostname, ip };
}

/** Names where no two machines share a host name. */
export const names = machineNames(() => false);

function ipOf(hostname: string): string {
  return `10.0.0.${Number(/\d+$/.exec(hostname)?.[0] ?? 250)}`;
}

/** A registered agent; its id is `<hostname>-S0`. */
export function agent(hostname: string, parts: Partial<Agent> = {}): Agent {
  return {
    id: `${hostname}-S0`,
    machine: machine(hostname),
    port: null,
    attributes: [],
    region: null,
    zone: null,
    active: true,
    deactivated: false,
    drain: null,
    resources: null,
    ...parts,
  };
}

/** A framework; its id is its name. */
export function framework(name: string, parts: Partial<Framework> = {}): Framework {
  return {
    id: name,
    name,
    principal: null,
    roles: ["*"],
    capabilities: [],
    driver: null,
    connected: true,
    active: true,
    inverseOffers: [],
    ...parts,
  };
}

/** A running task of a framework on a host. */
export function task(id: string, frameworkId: string, hostname: string, parts: Partial<Task> = {}): Task {
  return {
    id,
    name: id,
    frameworkId,
    agentId: `${hostname}-S0`,
    state: "TASK_RUNNING",
    app: id,
    role: "*",
    uses: { cpus: 0, memMb: 0 },
    ...parts,
  };
}

export function answer(frameworkId: string, says: Answer["answer"], atMs = NOW): Answer {
  return { frameworkId, answer: says, at: millisToNanos(atMs) };
}

/** A window of `durationMs` from `startMs`; `null` means without an end. */
export function windowOn(
  machines: readonly (string | MachineId)[],
  startMs: number,
  durationMs: number | null,
): Window {
  return {
    machines: machines.map((m) => (typeof m === "string" ? machine(m) : m)),
    start: millisToNanos(startMs),
    duration: durationMs === null ? null : millisToNanos(durationMs),
  };
}

/**
 * A cluster `prod` of agents web-01 to web-03, without tasks. A machine in the schedule is draining unless `down` names
 * it; `answers` are what the master's status shows for it. Nothing is allocated on any agent.
 */
export function worldOf(
  parts: Partial<Omit<World, "status" | "schedule" | "tasks">> & {
    readonly tasks?: Iterable<Task>;
    readonly windows?: Schedule["windows"];
    readonly down?: readonly string[];
    readonly answers?: Readonly<Record<string, readonly Answer[]>>;
  } = {},
): World {
  const { windows = [], down = [], answers = {}, ...rest } = parts;
  const tasks = [...(rest.tasks ?? [])];
  const named = [
    ...new Set([
      ...tasks.map((t) => t.frameworkId),
      ...Object.values(answers)
        .flat()
        .map((a) => a.frameworkId),
    ]),
  ];
  const scheduled = windows.flatMap((window) => window.machines);
  const isDown = (m: MachineId) => down.includes(m.hostname ?? "");
  const agents =
    rest.agents ??
    ["web-01", "web-02", "web-03"].filter((name) => !down.includes(name)).map((name) => agent(name));
  return {
    cluster: "prod",
    leader: "10.0.0.100:5050",
    leaderId: "leader-1",
    version: "1.11.0",
    electedAtMs: NOW - HOUR,
    observedAtMs: NOW,
    wholeAtMs: rest.observedAtMs ?? NOW,
    recoveredAgents: [],
    goneAgents: [],
    ended: [],
    frameworks: named.map((name) => framework(name)),
    allocated: new Map(agents.map(({ id }) => [id, { cpus: 0, memMb: 0 }])),
    ...rest,
    agents,
    tasks: listed(tasks),
    schedule: { windows },
    status: {
      draining: scheduled
        .filter((m) => !isDown(m))
        .map((m) => ({ machine: lower(m), answers: answers[m.hostname ?? ""] ?? [] })),
      down: scheduled.filter(isDown).map(lower),
    },
  };
}

/** A master lower-cases host names in its status, not in its schedule. */
function lower(m: MachineId): MachineId {
  return { ...m, hostname: m.hostname?.toLowerCase() };
}

/** Waits and terms of the default configuration, shortened to round numbers; everybody may approve but the requester. */
export function policyOf(parts: Partial<Policy> = {}): Policy {
  return {
    requesters: [],
    approvers: [],
    admins: [],
    votes: 1,
    selfApproval: false,
    membersOnly: true,
    caps: { machinesPerMaintenance: null, outOfService: null, above: "refuse" },
    maxOpenPerPerson: 20,
    maxDurationMs: 7 * 24 * HOUR,
    requireReason: false,
    ticketPattern: null,
    calendar: [],
    allowForce: false,
    owners: [],
    frameworks: [],
    budgets: [],
    runbooks: [],
    rolling: {
      gapMs: 10 * 60_000,
      earlyMs: 0,
      maxSpanMs: 14 * 24 * 3_600_000,
      outsideHours: "move",
      approve: ["each", "canary", "once"],
      resume: "ask",
      failing: { times: 3, withinMs: 10 * MINUTE },
    },
    approvalTtlMs: HOUR,
    askAfterMs: 30 * MINUTE,
    answersWaitMs: 30_000,
    agentReturnMs: 10 * MINUTE,
    pollMs: 30_000,
    unwatchedAfterMs: 5 * MINUTE,
    settleMs: 15_000,
    hasCredentials: false,
    ...parts,
  };
}

/** A batch of web-01 and web-02 with a window of four hours from now on, from the fields that are stored of it. */
export function batchOf(parts: Partial<FlatBatch> = {}): Batch {
  const machines = parts.machines ?? [machine("web-01"), machine("web-02")];
  return inItsPhase({
    id: "b1",
    agents: machines.map((m) => ({ machine: `${m.hostname.toLowerCase()}|${m.ip}`, id: `${m.hostname}-S0` })),
    window: { start: millisToNanos(NOW), duration: millisToNanos(4 * HOUR) },
    movingFrom: null,
    phase: "draining",
    approvals: [],
    intent: null,
    askedByItself: false,
    drainingSinceMs: NOW,
    emptySinceMs: null,
    overdueTold: false,
    returned: [],
    upAtMs: parts.phase === "up" ? NOW : null,
    missingTold: false,
    askAnew: null,
    postedAtMs: null,
    sightProved: false,
    removedAtMs: null,
    removalLeaderId: null,
    confirmedUp: [],
    ...parts,
    machines,
  });
}

/** Maintenance `m-7k3q`, asked for by U0ALICE; without `batches` its hosts have not been looked up yet. */
export function recordOf(parts: Partial<Maintenance> = {}): Maintenance {
  return {
    version: 1,
    id: "m-7k3q",
    cluster: "prod",
    channel: "C0OPS",
    requester: "U0ALICE",
    command: "/mesos",
    hosts: "web-*",
    reason: null,
    ticket: null,
    requestedAtMs: NOW,
    wanted: { startMs: null, durationMs: 4 * HOUR },
    batches: [],
    deadline: null,
    overrides: [],
    confirmed: null,
    requesterStanding: "member",
    requesterGroups: [],
    owners: [],
    behaviour: [],
    blast: null,
    copiesPlanned: [],
    frameworks: [],
    neighbours: {},
    cancel: null,
    held: null,
    paused: null,
    wentOn: [],
    leftBehind: [],
    runs: [],
    trouble: null,
    unwatched: null,
    moves: [],
    unsettledUntilMs: null,
    picture: null,
    events: [],
    seq: 0,
    end: null,
    ...parts,
  };
}

/** What is kept of the past of `prod`; without parts nothing that is not shown. */
export function keptOf(parts: Partial<Kept> = {}): Kept {
  return { cluster: "prod", finished: 0, refused: 0, sinceMs: null, ...parts };
}
