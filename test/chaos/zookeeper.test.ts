import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Logger } from "../../src/base/logger.js";
import type { CallType } from "../../src/rehearsal/master/call.js";
import { elect, type RehearsalMaster } from "../../src/rehearsal/master/master.js";
import { startStepByStep } from "../engine/support/engine.js";
import { ALICE } from "../engine/support/people.js";
import type { TestCluster, TestMaintenance } from "../engine/support/test-cluster.js";
import { suiteFor } from "../support/require.js";
import { until } from "../support/until.js";
import {
  type Election,
  startZooKeeper,
  type ZooKeeper,
  type ZooKeeperServer,
  zooKeeperAvailable,
} from "../support/zookeeper.js";
import { startZooKeeperPath, type ZooKeeperPath } from "../support/zookeeper-path.js";
import {
  approved,
  CALLS,
  expectChangedOnce,
  expectSentences,
  FOREIGN,
  MOVER,
  skipOf,
  WRITES,
} from "./support/beside-others.js";
import { chosen, isWhole, Tally } from "./support/tally.js";

/** What the servers grant at most, so that a session can run out while a test waits for it. */
const SESSION_MS = 3_000;

/** What is there when something goes wrong. */
interface Scene {
  readonly cluster: TestCluster;
  readonly zooKeeper: ZooKeeper;
  /** From the worker to ZooKeeper. */
  readonly path: ZooKeeperPath;
  readonly election: Election;
  /** What the log told of ZooKeeper. */
  readonly told: readonly ("away" | "back")[];
  /** Writes that came to a master after it was deposed. */
  readonly astray: string[];
}

/** Where something goes wrong between two calls. */
const STEPS = [
  "before the post",
  "while machines drain",
  "while it is asked",
  "while machines are Down",
  "after Up",
] as const;

type Step = (typeof STEPS)[number];

/** `during`: the fault begins in the middle of a call of this type. */
type When = Step | { readonly during: CallType; readonly carriedOut: boolean };

interface Fault {
  readonly name: string;
  begin(scene: Scene): Promise<void>;
  /** What lasts is ended at the next step, so that the maintenance has to go on meanwhile. */
  end?(scene: Scene): Promise<void>;
}

/** Delays of a fail-over. The clock of the cluster stands while something goes wrong, so that nothing depends on how fast this machine is. */
const LATER = { recoveryMs: 3_000, reregisterMs: 2_000 };

function pair({ masters }: TestCluster): readonly [RehearsalMaster, RehearsalMaster] {
  const [first, next] = masters;
  if (first === undefined || next === undefined) throw new Error("There is no other master.");
  return [first, next];
}

/** The session of the leading master has ended in ZooKeeper, and so does its process; the next one in the line leads. */
async function replace({ cluster, election }: Scene): Promise<void> {
  const [first, next] = pair(cluster);
  await election.steps(1);
  elect(cluster.masters, next, LATER);
  await first.stop();
}

async function untilTroubled({ cluster }: Scene): Promise<void> {
  await cluster.until("what went wrong is noted", async () =>
    (await cluster.records.open()).records.some(({ trouble }) => trouble !== null),
  );
}

async function leaderOf({ servers }: ZooKeeper): Promise<ZooKeeperServer> {
  return await until("the server that leads ZooKeeper", async () => {
    const roles = await Promise.all(servers.map((server) => server.role()));
    return servers[roles.indexOf("leader")];
  });
}

const connectedOf = ({ path }: Scene) =>
  until("the server at which the worker has its session", async () => path.connected());

/** All servers serve. */
async function untilWhole({ zooKeeper: { servers }, path }: Scene): Promise<void> {
  await until("all servers of ZooKeeper serve, and the worker has a session", async () => {
    const roles = await Promise.all(servers.map((server) => server.role()));
    return !roles.includes(null) && path.session() !== null;
  });
}

const GONE: Fault = {
  name: "The node of the leading master is replaced, and its process ends",
  begin: replace,
};

const DEPOSED: Fault = {
  name: "The node of the leading master is replaced, and it goes on as if it led",
  async begin({ cluster, election, path, astray }) {
    const [first, next] = pair(cluster);
    for (const type of WRITES)
      first.fault(type, { kind: "reset_before", times: 1_000_000, onHit: () => astray.push(type) });
    next.failOver();
    await election.steps(1);
    const itsNode = `"port":${new URL(next.url).port}`;
    await until("the new leader's node is read", async () => path.answered(itsNode));
  },
};

const sessionOf = ({ path }: Scene) => until("a session of the worker", async () => path.session());

const ENDED: Fault = {
  name: "ZooKeeper ends the session of the worker",
  async begin(scene) {
    const { path } = scene;
    const before = await sessionOf(scene);
    await path.expire();
    await until("a new session", async () => ![null, before].includes(path.session()));
  },
};

const RUN_OUT: Fault = {
  name: "The worker is cut off from ZooKeeper until its session has run out",
  async begin(scene) {
    const { path, zooKeeper } = scene;
    const session = await sessionOf(scene);
    const leader = await leaderOf(zooKeeper);
    path.cut();
    await until("the session has run out", async () => !(await leader.knows(session)));
  },
  end: mended,
};

async function mended(scene: Scene): Promise<void> {
  scene.path.mend();
  await sessionOf(scene);
}

const UNHEARD: Fault = {
  name: "The worker is cut off from ZooKeeper while the leading master is replaced",
  async begin(scene) {
    scene.path.cut();
    await scene.cluster.master.stop();
    await untilTroubled(scene);
    await replace(scene);
    await mended(scene);
  },
};

/** By the clock on the wall: that is the one by which ZooKeeper and its clients wait. */
const A_MINUTE: Fault = {
  name: "The worker is cut off from ZooKeeper for a minute",
  async begin({ path, told }) {
    path.cut();
    await wait(60_000);
    expect(told).toEqual(["away"]);
  },
  async end(scene) {
    await mended(scene);
    await until("that it is back", async () => scene.told.length > 1);
    expect(scene.told).toEqual(["away", "back"]);
  },
};

/** Servers stop, and are started again. */
function stopping(name: string, which: (scene: Scene) => Promise<readonly ZooKeeperServer[]>): Fault {
  let stopped: readonly ZooKeeperServer[] = [];
  return {
    name,
    async begin(scene) {
      stopped = await which(scene);
      await Promise.all(stopped.map((server) => server.kill()));
    },
    async end(scene) {
      for (const server of stopped) server.start();
      await untilWhole(scene);
    },
  };
}

const HERS = stopping("The server of ZooKeeper stops that the worker is connected to", async (scene) => [
  await connectedOf(scene),
]);

const LEADING = stopping("The server stops that leads ZooKeeper", async ({ zooKeeper }) => [
  await leaderOf(zooKeeper),
]);

const QUORUM = stopping("Two of three servers of ZooKeeper stop", async (scene) => {
  const one = await connectedOf(scene);
  return [one, ...scene.zooKeeper.servers.filter((server) => server !== one).slice(0, 1)];
});

const ALL_AWAY: Fault = {
  ...QUORUM,
  async begin(scene) {
    await QUORUM.begin(scene);
    await until("that ZooKeeper is away", async () => scene.told.length > 0);
  },
  async end(scene) {
    expect(scene.told).toEqual(["away"]);
    await QUORUM.end?.(scene);
    await until("that ZooKeeper is back", async () => scene.told.length > 1);
    expect(scene.told).toEqual(["away", "back"]);
  },
};

const HANGING: Fault = (() => {
  let hanging: ZooKeeperServer | null = null;
  return {
    name: "The server of ZooKeeper hangs that the worker is connected to",
    async begin(scene: Scene) {
      const before = scene.path.session();
      hanging = await connectedOf(scene);
      hanging.freeze();
      await until("a session at another server", async () => ![null, before].includes(scene.path.session()));
    },
    async end(scene: Scene) {
      hanging?.thaw();
      await untilWhole(scene);
    },
  };
})();

/** The leading master dies with servers of ZooKeeper: its node stands until these are back. */
const withServers = (servers: Fault, name: string): Fault => ({
  name,
  async begin(scene) {
    await Promise.all([servers.begin(scene), scene.cluster.master.stop()]);
    await untilTroubled(scene);
    await servers.end?.(scene);
    await replace(scene);
  },
});

const BOTH: readonly Fault[] = [
  withServers(LEADING, "The server that leads ZooKeeper and the leading master die at once"),
  withServers(QUORUM, "Two of three servers of ZooKeeper and the leading master die at once"),
];

/** The same in the middle of a call, where nothing can be noticed before it is over. */
const BOTH_IN_CALLS: Fault = {
  name: "The server that leads ZooKeeper and the leading master die at once",
  async begin(scene) {
    await Promise.all([LEADING.begin(scene), scene.cluster.master.stop()]);
    await LEADING.end?.(scene);
    await replace(scene);
  },
};

type Case = readonly [fault: Fault, when: When];

const atSteps = (...faults: readonly Fault[]): readonly Case[] =>
  STEPS.flatMap((step) => faults.map((fault): Case => [fault, step]));

const inCalls = (fault: Fault, calls: readonly CallType[]): readonly Case[] =>
  // A stream is no call that anything waits for.
  calls
    .filter((type) => type !== "SUBSCRIBE")
    .flatMap((during) => [false, true].map((carriedOut): Case => [fault, { during, carriedOut }]));

const nameOf = ([{ name }, when]: Case) =>
  typeof when === "string"
    ? `${name}, ${when}`
    : `${name}, during ${when.during}${when.carriedOut ? " that is carried out" : ""}`;

suiteFor(
  "one maintenance from drain to Up, with masters whose leader is found in three ZooKeepers: everything is changed once, other people's window stays, and nothing is written to a master that was deposed (invariants 1, 2, 7 and 10)",
  zooKeeperAvailable,
)(() => {
  let zooKeeper: ZooKeeper;
  beforeAll(async () => {
    zooKeeper = await startZooKeeper(3, SESSION_MS);
  });
  afterAll(async () => {
    await zooKeeper.dispose();
  });

  /** With one fault in it. */
  async function maintained([fault, when]: Case): Promise<void> {
    const told: ("away" | "back")[] = [];
    const engine = await startStepByStep(listening(told));
    const path = await startZooKeeperPath(zooKeeper.servers);
    try {
      const election = await zooKeeper.election();
      const cluster = await engine.cluster({
        standbys: 2,
        master: { frameworks: [MOVER] },
        async zooKeeper(masters) {
          for (const [index, { url }] of masters.entries()) await election.stands(index + 1, url);
          return { servers: path.servers, path: election.path, auth: null, scheme: "http", allowed: [] };
        },
      });
      cluster.master.postSchedule(FOREIGN);
      await until("that the worker has read who leads", async () => path.answered('"port":'));
      const scene: Scene = { cluster, zooKeeper, path, election, told, astray: [] };
      let met: Promise<void> | null = null;
      const meet = () => {
        met = fault.begin(scene);
        return met;
      };
      if (typeof when !== "string") {
        const { during, carriedOut } = when;
        const onHit = () => engine.waitsFor(meet().catch(() => undefined));
        cluster.master.fault(during, {
          kind: carriedOut ? "hang_after" : "hang_before",
          skip: skipOf(during),
          onHit,
        });
      }
      let before: Step | null = null;
      const maintenance = await lived(cluster, async (step) => {
        if (before === when) await fault.end?.(scene);
        before = step;
        if (step === when) await meet();
      });
      expect(met, "the fault was met").not.toBeNull();
      await met;
      expectChangedOnce(cluster);
      expect(scene.astray).toEqual([]);
      await until("that ZooKeeper is not away", async () => told.at(-1) !== "away");
      // By turns: each once.
      expect(told).toEqual(told.map((_, at) => (at % 2 === 0 ? "away" : "back")));
      expectTold(maintenance.texts());
    } finally {
      await engine.close();
      await path.close();
      for (const server of zooKeeper.servers) {
        server.thaw();
        server.start();
      }
    }
  }

  async function suffered(name: string, cases: readonly Case[], howMany = 1): Promise<void> {
    const tally = new Tally(name);
    for (let at = 0; at < cases.length; at += howMany) {
      const together = cases.slice(at, at + howMany);
      await Promise.all(together.map((one) => tally.inject(nameOf(one), () => maintained(one))));
    }
    tally.close();
  }

  test("A leading master that is replaced in ZooKeeper", async ({ task }) => {
    await suffered(task.name, chosen([...atSteps(DEPOSED), ...inCalls(GONE, CALLS), ...atSteps(GONE)], 12));
  });

  test("A session in ZooKeeper that ends", async ({ task }) => {
    const minutes = isWhole ? atSteps(A_MINUTE) : [];
    // Most of it is waiting, and each has a path of its own.
    await suffered(task.name, [...minutes, ...chosen(atSteps(ENDED, RUN_OUT, UNHEARD), 8)], 20);
  });

  test("Servers of ZooKeeper that stop", async ({ task }) => {
    await suffered(task.name, chosen(atSteps(HERS, LEADING, ALL_AWAY, HANGING), 9));
  });

  test("ZooKeeper and the leading master that die at once", async ({ task }) => {
    await suffered(task.name, chosen([...atSteps(...BOTH), ...inCalls(BOTH_IN_CALLS, WRITES)], 10));
  });
});

/** A maintenance from drain to Up; at each step `reached` is waited for, and at the end with `null`. */
async function lived(
  cluster: TestCluster,
  reached: (step: Step | null) => Promise<void>,
): Promise<TestMaintenance> {
  const maintenance = await cluster.drain("web-0[1-2] 2h");
  await reached("before the post");
  await maintenance.thread(/Scheduled/);
  await reached("while machines drain");
  await maintenance.question();
  await reached("while it is asked");
  await approved(maintenance);
  await reached("while machines are Down");
  await cluster.type(ALICE, `up ${maintenance.id}`);
  await maintenance.thread(/Up: the master/);
  await reached("after Up");
  await maintenance.root(/Back in service/);
  await maintenance.thread(/All are back/);
  await reached(null);
  return maintenance;
}

/** Each step once and in its order; whatever goes wrong in sentences, and with something after it that says how it went on. */
function expectTold(texts: readonly string[]): void {
  const steps = [/^🗓️ Scheduled:/u, /^🔻 Down: 2 machines/u, /^🟢 Up: the master/u, /All are back\.$/];
  const at = (words: RegExp) => texts.flatMap((text, index) => (words.test(text) ? [index] : []));
  expect(steps.map((words) => at(words).length)).toEqual(steps.map(() => 1));
  const last = (words: RegExp) => at(words).at(-1) ?? -1;
  const [scheduled = /-/, down = /-/, up = /-/, back = /-/] = steps;
  const story = [scheduled, /^Take 2 machines down\?/, /^✅ @bob approved Down/u, down, up, back].map(last);
  expect(story).toEqual(story.toSorted((a, b) => a - b));
  expect(Math.max(last(/^🟢 Going on again/u), ...story)).toBeGreaterThan(last(/^⚠️/u));
  for (const text of texts) expectSentences(text);
}

function listening(told: ("away" | "back")[]): Logger {
  const listen = (_: object, text: string) => {
    if (text.startsWith("ZooKeeper is away")) told.push("away");
    if (text.startsWith("ZooKeeper is back")) told.push("back");
  };
  return { debug() {}, info: listen, warn: listen, error() {} };
}
