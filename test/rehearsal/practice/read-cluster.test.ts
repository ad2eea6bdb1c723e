import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { ConfigError } from "../../../src/config/config-error.js";
import { machineKey } from "../../../src/maintenance/cluster/machine.js";
import { createMaster } from "../../../src/mesos/master.js";
import { startRehearsalMaster } from "../../../src/rehearsal/master/master.js";
import { practiceCluster, readPracticeCluster } from "../../../src/rehearsal/practice/read-cluster.js";

const EXAMPLE = "config/rehearsal.example.yaml";

/** Problems as `where: what`. */
function problemsOf(text: string): readonly string[] {
  try {
    practiceCluster(text, "lab.yaml");
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ where, what }) => `${where}: ${what}`);
    throw error;
  }
  return [];
}

const MACHINES = "machines:\n  - hosts: web-[01:03]\n    first_ip: 10.0.0.254\n";

test("machines are counted up from the first address, and lists are given out by turns", () => {
  const { agents } = practiceCluster(
    `${MACHINES}    attributes: { rack: [r1, r2], os: debian }\n    zone: [a, b]\n`,
    "",
  );
  expect(agents).toEqual([
    { hostname: "web-01", ip: "10.0.0.254", attributes: { rack: "r1", os: "debian" }, zone: "a" },
    { hostname: "web-02", ip: "10.0.0.255", attributes: { rack: "r2", os: "debian" }, zone: "b" },
    { hostname: "web-03", ip: "10.0.1.0", attributes: { rack: "r1", os: "debian" }, zone: "a" },
  ]);
});

test.each([
  ["machines: [", /^lab\.yaml:1: is not valid YAML/],
  ["frameworks: []", /^lab\.yaml:1 machines: has to be a list of machines$/],
  ["machines: []", /^lab\.yaml:1 machines: lists no machine$/],
  [
    "machines:\n  - hosts: web-[1:3\n    first_ip: 10.0.0.1",
    /^lab\.yaml:2 machines\[0\]\.hosts: .*unbalanced bracket/,
  ],
  [
    "machines:\n  - hosts: web-1\n    first_ip: fe80::1",
    /^lab\.yaml:3 machines\[0\]\.first_ip: is not an IPv4 address/,
  ],
  [
    `${MACHINES}    attribute: {}`,
    /^lab\.yaml:4 machines\[0\]\.attribute: is not a setting: did you mean attributes\?$/,
  ],
  [
    `${MACHINES}  - hosts: WEB-02\n    first_ip: 10.0.9.1`,
    /^lab\.yaml:4 machines\[1\]\.hosts: names WEB-02 a second time$/,
  ],
  [
    `${MACHINES}  - hosts: db\n    first_ip: 10.0.1.0`,
    /^lab\.yaml:5 machines\[1\]\.first_ip: gives db the address 10\.0\.1\.0 of another machine$/,
  ],
  ["machines: [{ hosts: 'w-[1:1001]', first_ip: 10.0.0.1 }]", /^lab\.yaml:1 machines: .*at most 1000$/],
  [
    `${MACHINES}frameworks:\n  - { name: x, habit: moves }`,
    /^lab\.yaml:5 frameworks\[0\]\.habit: is none of mover, stayer/,
  ],
  [
    `${MACHINES}frameworks:\n  - { name: x, habit: mover, moves_every: soon }`,
    /^lab\.yaml:5 frameworks\[0\]\.moves_every: is not a duration/,
  ],
  [
    `${MACHINES}frameworks:\n  - name: x\n    habit: mover\n    tasks:\n      api: web-01,web-9`,
    /^lab\.yaml:8 frameworks\[0\]\.tasks\.api: runs on web-9, which no entry of machines names$/,
  ],
])("%j is told with its place", (text, problem) => {
  expect(problemsOf(text)).toEqual([expect.stringMatching(problem)]);
});

test("several mistakes are told at once", () => {
  expect(problemsOf(`${MACHINES}frameworks:\n  - { habit: x, name: 3 }`)).toHaveLength(2);
});

test("a file that is not there is told", () => {
  expect(() => readPracticeCluster("nowhere.yaml")).toThrow(
    /names a file that cannot be read: nowhere\.yaml/,
  );
});

test("in the example's cluster frameworks accept, move, decline and ignore as the file says", async () => {
  const text = readFileSync(EXAMPLE, "utf8");
  const options = practiceCluster(text, EXAMPLE);
  const rehearsal = await startRehearsalMaster(options);
  onTestFinished(() => rehearsal.close());
  const machines = options.agents.map(({ hostname, ip }) => ({ hostname, ip }));
  const drained = machines.filter(({ hostname }) =>
    ["web-01", "web-02", "web-03", "db-01"].includes(hostname),
  );
  rehearsal.postSchedule({ windows: [{ machines: drained, start: 1n, duration: null }] });
  rehearsal.tick();
  const master = createMaster({ cluster: "lab", masters: [rehearsal.url], credentials: null, ca: null });
  onTestFinished(() => master.close());
  const world = await master.snapshot();
  const nameOf = new Map(world.frameworks.map(({ id, name }) => [id, name]));
  const answers = new Set(
    world.status.draining.flatMap((entry) =>
      entry.answers.map((answer) => `${nameOf.get(answer.frameworkId)} ${answer.answer}`),
    ),
  );
  expect(answers).toEqual(new Set(["marathon accept", "aurora accept", "kafka decline"]));
  // One step moved one task of the framework that moves, to a machine that does not drain.
  const draining = new Set(drained.map(machineKey));
  const agents = new Map(world.agents.map((agent) => [agent.id, machineKey(agent.machine)]));
  const left = (name: string) =>
    [...world.tasks].filter(
      (task) => nameOf.get(task.frameworkId) === name && draining.has(agents.get(task.agentId) ?? ""),
    ).length;
  expect({ marathon: left("marathon"), aurora: left("aurora"), batch: left("batch") }).toEqual({
    marathon: 3,
    aurora: 1,
    batch: 1,
  });
});
