import type { RehearsalAgent, RehearsalFramework, RehearsalOptions } from "./options.js";

/**
 * The demo's cluster: a dozen machines in three racks and zones, four frameworks that take maintenance each in their own
 * way. A drain of `web-0[1-3]` shows answers arriving one after another, tasks leaving, one refusal (kafka, with a broker
 * on web-03) and one framework that never answers (batch). `speed` is how fast frameworks answer and move tasks: 2 is
 * twice as fast, `null` only by `tick()`.
 */
export function sampleCluster({ speed = 1 }: { speed?: number | null } = {}): RehearsalOptions {
  const pace = (ms: number) => (speed === null ? null : Math.round(ms / speed));
  return { agents: agents(), frameworks: frameworks(pace), returnAfterMs: pace(1500) };
}

const KINDS = [
  { name: "web", count: 6, subnet: 1, cpus: 8, mem: 16_384 },
  { name: "db", count: 3, subnet: 2, cpus: 16, mem: 65_536 },
  { name: "kafka", count: 3, subnet: 3, cpus: 8, mem: 32_768 },
] as const;

function agents(): readonly RehearsalAgent[] {
  return KINDS.flatMap(({ name, count, subnet, cpus, mem }) =>
    Array.from({ length: count }, (_, at): RehearsalAgent => {
      const place = at % 3;
      const hostname = `${name}-0${at + 1}`;
      return {
        hostname,
        ip: `10.20.${subnet}.${11 + at}`,
        attributes: { rack: `r${place + 1}`, role: name, os: "debian12" },
        region: "eu-1",
        zone: `eu-1${"abc"[place]}`,
        cpus,
        mem,
        ...brokerDisk(hostname),
      };
    }),
  );
}

const BROKERS = ["kafka-01", "kafka-02", "kafka-03", "web-03"];

/** Each broker keeps its data on a volume of its host. */
function brokerDisk(host: string): Pick<RehearsalAgent, "reservations"> {
  const broker = BROKERS.indexOf(host);
  if (broker < 0) return {};
  const volumes = { [`kafka-data-${broker}`]: 204_800 };
  return { reservations: [{ role: "kafka", dynamic: true, cpus: 1, mem: 2048, volumes }] };
}

function onEach(name: string, ...hosts: readonly string[]): { name: string; on: string }[] {
  return hosts.map((on) => ({ name, on }));
}

function frameworks(pace: (ms: number) => number | null): readonly RehearsalFramework[] {
  return [
    {
      name: "marathon",
      habit: "mover",
      tasks: [
        ...onEach("billing.api", "web-01", "web-02", "web-04"),
        ...onEach("shop.frontend", "web-01", "web-02", "web-03", "web-05"),
        ...onEach("mail.worker", "web-03", "web-06"),
      ],
      answerAfterMs: pace(800),
      moveEveryMs: pace(700),
    },
    {
      // Promises at once and moves late.
      name: "aurora",
      habit: "mover",
      tasks: [
        ...onEach("ads.prod.server", "web-01", "web-03", "web-05"),
        ...onEach("users.prod.index", "web-02", "db-02"),
      ],
      answerAfterMs: pace(300),
      moveAfterMs: pace(4000),
      moveEveryMs: pace(600),
    },
    {
      name: "kafka",
      role: "kafka",
      habit: "decliner",
      tasks: BROKERS.map((on, at) => ({ name: `broker-${at}`, on, labels: { DCOS_PACKAGE_NAME: "kafka" } })),
      answerAfterMs: pace(1600),
    },
    {
      name: "batch",
      habit: "silent",
      tasks: [...onEach("nightly-report", "web-02"), ...onEach("reindex", "db-01", "db-03")],
    },
  ];
}
