import { Secret } from "../../src/base/secret.js";
import { MAINTENANCE_JOB } from "../../src/engine/lanes/jobs.js";
import { openRecords } from "../../src/engine/lanes/records.js";
import { openStore } from "../../src/engine/store/open-store.js";
import { advance } from "../../src/maintenance/advance.js";
import { listed } from "../../src/maintenance/cluster/tasks.js";
import type { World } from "../../src/maintenance/cluster/world.js";
import { decodeMaintenance, encodeMaintenance } from "../../src/maintenance/record/record.js";
import { NONE_STORED } from "../../src/maintenance/record/unreadable.js";
import { Site } from "../maintenance/rolling/site.js";
import { agent, HOUR, policyOf, task } from "../support/world.js";
import { tell } from "./child.js";
import { median, rounded } from "./numbers.js";

/** What the benchmark asks for. */
export type RollQuestion =
  | { readonly kind: "looks"; readonly machines: number; readonly times: number }
  | {
      readonly kind: "stored";
      readonly machines: number;
      readonly times: number;
      readonly place:
        | { readonly kind: "redis"; readonly url: string }
        | { readonly kind: "embedded"; readonly dataDir: string };
    };

/** One look at a drain in batches all of whose windows stand. */
export interface RollLooks {
  readonly machines: number;
  readonly batches: number;
  readonly lookMs: number;
  readonly recordKiB: number;
  /** Alone, of the record's text. */
  readonly yardstick: { readonly parseMs: number };
}

/** Its record checked, written, read and checked again. */
export interface RollStored {
  readonly ms: number;
  readonly writeMs: number;
  readonly readMs: number;
  readonly recordKiB: number;
  /** The text alone, made and parsed. */
  readonly yardstick: { readonly textMs: number };
}

const IN_A_BATCH = 10;

const FRAMEWORKS = 5;

/** A drain of so many machines, a task of each framework on each, whose windows all stand. */
function standing(machines: number): Site {
  const hosts = Array.from({ length: machines }, (_, n) => `web-${String(n).padStart(4, "0")}`);
  const agents = hosts.map((hostname, n) =>
    agent(hostname, {
      machine: { hostname, ip: `10.1.${n >> 8}.${n & 255}` },
      port: 5051,
      attributes: [
        { name: "rack", value: `r${n % 40}` },
        { name: "os", value: "debian12" },
      ],
      region: "eu",
      zone: "eu-1",
      resources: {
        total: { cpus: 16, memMb: 64_000 },
        reservations: [],
        volumes: [],
      },
    }),
  );
  const roll = { rule: { kind: "count", count: IN_A_BATCH }, canary: null, horizon: machines } as const;
  const site = new Site(agents, roll, {
    durationMs: HOUR,
    policy: { rolling: { ...policyOf().rolling, maxSpanMs: Number.MAX_SAFE_INTEGER } },
  });
  for (const [n, host] of hosts.entries()) {
    for (let k = 0; k < FRAMEWORKS; k++) {
      site.tasks.push(task(`app-${k}.${n}`, `framework-${k}`, host, { app: `app-${k}-${n % 50}` }));
    }
  }
  site.replan();
  site.pass(1_000);
  if (site.record.batches.length * IN_A_BATCH !== machines)
    throw new Error("The drain was planned otherwise.");
  return site;
}

/** A world of which nothing was worked out yet. */
function anew({ tasks, ...world }: World): World {
  return { ...structuredClone(world), tasks: listed(structuredClone([...tasks])) };
}

function looks(machines: number, times: number): RollLooks {
  const site = standing(machines);
  const text = JSON.stringify(encodeMaintenance(site.record));
  const lookMs: number[] = [];
  const parseMs: number[] = [];
  for (let at = 0; at < times; at++) {
    const parsing = performance.now();
    const data = JSON.parse(text) as unknown;
    parseMs.push(performance.now() - parsing);
    // Nothing is kept from the look before: neither the record nor the world.
    const record = decodeMaintenance(data);
    const world = anew(site.world());
    const start = performance.now();
    const step = advance(record, {
      world,
      policy: site.policy,
      nowMs: site.nowMs,
      hosts: null,
      others: NONE_STORED,
    });
    lookMs.push(performance.now() - start);
    if (step.effects.length > 0) throw new Error("The windows do not all stand.");
  }
  return {
    machines,
    batches: site.record.batches.length,
    lookMs: rounded(median(lookMs)),
    recordKiB: rounded(text.length / 1024),
    yardstick: { parseMs: rounded(median(parseMs)) },
  };
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

async function stored({
  machines,
  times,
  place,
}: Extract<RollQuestion, { kind: "stored" }>): Promise<RollStored> {
  const { record } = standing(machines);
  const store = await openStore(
    place.kind === "redis"
      ? {
          kind: "redis",
          url: new Secret(place.url),
          sentinel: null,
          cluster: null,
          ca: null,
          prefix: "bench",
        }
      : place,
    SILENT,
  );
  try {
    const records = openRecords(store, "drill", SILENT);
    await records.queue.add(MAINTENANCE_JOB, encodeMaintenance(record), {
      jobId: record.id,
      delay: 3_600_000,
    });
    const job = await records.queue.getJob(record.id);
    if (job === undefined) throw new Error("The record was not stored.");
    const [writeMs, readMs, textMs]: [number[], number[], number[]] = [[], [], []];
    for (let at = 0; at < times; at++) {
      const start = performance.now();
      await job.updateData(encodeMaintenance(record));
      const written = performance.now();
      const found = await records.find(record.id);
      const end = performance.now();
      if (found?.batches.length !== record.batches.length) throw new Error("Another record was read.");
      writeMs.push(written - start);
      readMs.push(end - written);
      const data = encodeMaintenance(record);
      const texting = performance.now();
      JSON.parse(JSON.stringify(data));
      textMs.push(performance.now() - texting);
    }
    return {
      ms: rounded(median(writeMs.map((ms, at) => ms + (readMs[at] ?? Number.NaN)))),
      writeMs: rounded(median(writeMs)),
      readMs: rounded(median(readMs)),
      recordKiB: rounded(JSON.stringify(encodeMaintenance(record)).length / 1024),
      yardstick: { textMs: rounded(median(textMs)) },
    };
  } finally {
    await store.close();
  }
}

process.on("message", async (question: RollQuestion) => {
  tell(question.kind === "looks" ? looks(question.machines, question.times) : await stored(question));
});
tell({});
