import type { Logger } from "../../src/base/logger.js";
import { inItsPhase } from "../../src/maintenance/record/batch-phases.js";
import type { BlastRadius } from "../../src/maintenance/record/blast-radius.js";
import type { Picture, Seen, VerdictRow } from "../../src/maintenance/record/picture.js";
import type { Approval, Batch, Maintenance } from "../../src/maintenance/record/record.js";
import type { FlatBatch } from "../../src/maintenance/record/stored-batch.js";
import { millisToNanos } from "../../src/maintenance/time.js";

/** 2026-11-20 21:52 UTC. */
export const NOW = Date.UTC(2026, 10, 20, 21, 52);

export const HOUR = 3_600_000;

export function machines(count: number): Batch["machines"] {
  return Array.from({ length: count }, (_, index) => ({
    hostname: `web-${String(index + 1).padStart(2, "0")}`,
    ip: `10.0.0.${(index % 250) + 1}`,
  }));
}

export function verdict(
  host: string,
  framework: string,
  is: VerdictRow["verdict"],
  tasks = is === "empty" ? 0 : 2,
): VerdictRow {
  return {
    machine: `${host}|10.0.0.1`,
    frameworkId: `${framework}-id`,
    framework,
    verdict: is,
    tasks,
    answeredAtMs: is === "promised" || is === "refused" ? NOW - 60_000 : null,
    erased: null,
    unasked: null,
  };
}

export function pictureOf(left: number, most: number, verdicts: VerdictRow[] = []): Picture {
  return {
    atMs: NOW - 5_000,
    leader: "m1:5050",
    leaderId: "leader-1",
    tasksMost: most,
    recovering: 0,
    scheduleDigest: null,
    machines: [
      {
        hostname: "web-01",
        ip: "10.0.0.1",
        mode: "draining",
        agents: 1,
        recovering: 0,
        away: 0,
        unknownSinceMs: null,
        tasks: left,
      },
      {
        hostname: "web-02",
        ip: "10.0.0.2",
        mode: "draining",
        agents: 1,
        recovering: 0,
        away: 0,
        unknownSinceMs: null,
        tasks: 0,
      },
    ],
    verdicts,
  };
}

export function batchOf(parts: Partial<FlatBatch> = {}): Batch {
  return inItsPhase({
    id: "b1",
    machines: machines(6),
    agents: machines(6).map(({ hostname, ip }) => ({
      machine: `${hostname}|${ip}`,
      id: `agent-${hostname}`,
    })),
    window: { start: millisToNanos(NOW + 8 * 60_000), duration: millisToNanos(4 * HOUR) },
    movingFrom: null,
    phase: "draining",
    approvals: [],
    intent: null,
    askedByItself: false,
    drainingSinceMs: NOW - HOUR,
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
  });
}

export function seenOf(parts: Partial<Seen> = {}): Seen {
  return {
    digest: "d1",
    machines: ["web-01|10.0.0.1", "web-02|10.0.0.2"],
    tasks: [
      {
        id: "t1",
        name: "/billing/api",
        framework: "marathon",
        frameworkId: "marathon",
        machine: "web-01|10.0.0.1",
      },
      {
        id: "t2",
        name: "/billing/api",
        framework: "marathon",
        frameworkId: "marathon",
        machine: "web-01|10.0.0.1",
      },
      { id: "t3", name: "kafka-3", framework: "kafka", frameworkId: "kafka", machine: "web-02|10.0.0.2" },
    ],
    verdicts: [
      verdict("web-01", "marathon", "promised"),
      verdict("web-02", "kafka", "refused", 1),
      verdict("web-02", "chronos", "silent", 1),
    ],
    window: `${millisToNanos(NOW + 8 * 60_000)}/${millisToNanos(4 * HOUR)}`,
    windowOver: false,
    blast: blastOf(),
    ...parts,
  };
}

/** Nothing that would alarm anybody. */
export function blastOf(parts: Partial<BlastRadius> = {}): BlastRadius {
  const plenty = { cpus: 400, memMb: 1_024_000 };
  return {
    tasks: 3,
    frameworks: [
      { name: "marathon", frameworkId: "marathon", tasks: 2, apps: [{ name: "/billing/api", tasks: 2 }] },
      { name: "kafka", frameworkId: "kafka", tasks: 1, apps: [{ name: "kafka", tasks: 1 }] },
    ],
    lastCopies: [],
    volumes: [],
    reservations: [],
    emptied: [],
    capacity: { fits: true, needs: { cpus: 6, memMb: 12_288 }, free: plenty, roles: [] },
    ...parts,
  };
}

/** One of everything that alarms. */
export function alarmingBlast(): BlastRadius {
  const needs = { cpus: 12, memMb: 49_152 };
  const free = { cpus: 8.5, memMb: 102_400 };
  return blastOf({
    lastCopies: [{ framework: "marathon", frameworkId: "marathon", app: "/billing/api", copies: 2 }],
    volumes: [
      { id: "logs", role: "kafka", sizeMb: 512, machine: "web-01|10.0.0.1" },
      { id: "kafka-3", role: "kafka", sizeMb: 204_800, machine: "web-02|10.0.0.2" },
    ],
    reservations: [
      { role: "kafka", machine: "web-02|10.0.0.2", cpus: 2, memMb: 4096 },
      { role: "logs", machine: "web-01|10.0.0.1", cpus: 1, memMb: 512 },
    ],
    emptied: [{ kind: "rack", name: "r1", agents: 2 }],
    capacity: { fits: false, needs, free, roles: [{ role: "kafka", fits: false, needs, free }] },
  });
}

export function approvalOf(parts: Partial<Approval> = {}): Approval {
  return {
    id: "a1",
    askedAtMs: NOW,
    askedBy: null,
    expiresAtMs: NOW + HOUR,
    notBy: [],
    votesNeeded: 1,
    votes: [],
    reminded: false,
    forced: false,
    about: "down",
    seen: seenOf(),
    outcome: null,
    ...parts,
  };
}

export function recordOf(parts: Partial<Maintenance> = {}): Maintenance {
  return {
    version: 1,
    id: "m-7k3q",
    cluster: "prod",
    channel: "C01OPS",
    requester: "U01ALICE",
    command: "/mesos",
    hosts: "web-*",
    reason: "kernel CVE-2026-1234",
    ticket: "OPS-812",
    requestedAtMs: NOW - HOUR,
    wanted: { startMs: null, durationMs: 4 * HOUR },
    batches: [batchOf()],
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
    picture: pictureOf(17, 64, [
      verdict("web-01", "marathon", "promised"),
      verdict("web-02", "marathon", "silent"),
      verdict("web-01", "aurora", "empty"),
      verdict("web-04", "kafka", "refused"),
    ]),
    events: [],
    seq: 7,
    moves: [],
    unsettledUntilMs: null,
    end: null,
    ...parts,
  };
}

/** A logger that keeps its lines, so that a test can say what was logged and that no secret was. */
export function keepingLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (fields: object, message: string) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };
  return { lines, debug() {}, info: keep("info"), warn: keep("warn"), error: keep("error") };
}
