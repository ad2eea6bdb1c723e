import { expect, onTestFinished, test } from "vitest";
import { lookAtMasters } from "../../src/check/masters.js";
import type { Env } from "../../src/config/environment.js";
import { freePort } from "../../src/rehearsal/free-port.js";
import { PERMISSIONS, type Permission } from "../../src/rehearsal/master/access.js";
import { type RehearsalMaster, startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import type { RehearsalOptions } from "../../src/rehearsal/master/options.js";
import { sampleCluster } from "../../src/rehearsal/master/sample.js";
import { configOf, lines } from "./support.js";

async function master(changes: Partial<RehearsalOptions> = {}): Promise<RehearsalMaster> {
  const started = await startRehearsalMaster({ ...sampleCluster({ speed: null }), ...changes });
  onTestFinished(() => started.close());
  return started;
}

const LOGIN = { MESOS_PRINCIPAL: "bot", MESOS_SECRET: "s3cret" };

const withRights = (may: readonly Permission[], secret = "s3cret") => ({
  principals: [{ name: "bot", secret, may }],
});

const KAFKA = { machines: [{ hostname: "kafka-01", ip: "10.20.3.11" }], start: 1n, duration: null };

async function look(env: Env): Promise<readonly string[]> {
  return lines(await lookAtMasters(configOf({ MESOS_CLUSTER: "prod", ...env })));
}

const nameOf = ({ url }: RehearsalMaster) => url.replace("http://", "");

test("a leader that shows everything misses no right to read; the rights to write are said not to be known, and nothing was written", async () => {
  const leader = await master();
  leader.postSchedule({ windows: [KAFKA] });
  const at = nameOf(leader);
  expect(await look({ MESOS_MASTERS: leader.url })).toEqual([
    `ok prod: master ${at}: It leads, Mesos 1.11.0.`,
    `ok prod: leader: ${at}, Mesos 1.11.0, 12 agents, 4 frameworks, 1 window.`,
    "ok prod: rights to read: None is missing: get_maintenance_schedules, get_maintenance_statuses, view_frameworks, view_tasks.",
    "unknown prod: rights to write: Not known: a master tells only when something is changed. → See that its ACLs grant whoever calls without a login update_maintenance_schedules, start_maintenances, stop_maintenances, and for /mesos kill-drain drain_agents, reactivate_agents.",
  ]);
  expect(leader.calls().filter(({ type }) => !type?.startsWith("GET_"))).toEqual([]);
});

test("where no window stands, rights to see some are not known, and are not called missing (invariant 13)", async () => {
  const leader = await master();
  expect(await look({ MESOS_MASTERS: leader.url })).toContainEqual(
    expect.stringMatching(
      /^unknown prod: rights to read: view_frameworks, view_tasks: not missing. get_maintenance_schedules, get_maintenance_statuses: not known/,
    ),
  );
});

test.each<[Permission, string]>([
  ["get_maintenance_schedule", "get_maintenance_schedules"],
  ["get_maintenance_status", "get_maintenance_statuses"],
  ["view_tasks", "view_tasks"],
  ["view_frameworks", "view_frameworks"],
])("a principal without %s is told to have it granted (invariant 2)", async (missing, right) => {
  const leader = await master(withRights(PERMISSIONS.filter((one) => one !== missing)));
  leader.postSchedule({ windows: [KAFKA] });
  const found = await look({ MESOS_MASTERS: leader.url, ...LOGIN });
  expect(found).toContainEqual(
    expect.stringMatching(new RegExp(`^mend prod: rights to read: .*filtered.* → Grant .*\\b${right}\\b`)),
  );
  expect(found).toContainEqual(
    expect.stringContaining("grant the principal bot update_maintenance_schedules"),
  );
});

test("a wrong login is told once, with what to do and without the secret", async () => {
  const leader = await master(withRights(PERMISSIONS, "another"));
  const found = await look({ MESOS_MASTERS: leader.url, ...LOGIN });
  expect(found).toEqual([expect.stringMatching(/^mend prod: master 127\.0\.0\.1:\d+: .* → .*principal/)]);
  expect(found.join()).not.toContain("s3cret");
});

test("a master that is gone is told although another leads, and so is one that follows", async () => {
  const [leader, standby, gone] = [await master(), await master(), await master()];
  standby.setLeading("redirecting", leader.address);
  await gone.stop();
  const found = await look({ MESOS_MASTERS: [leader, standby, gone].map(({ url }) => url).join(",") });
  expect(found.slice(0, 3)).toEqual([
    `ok prod: master ${nameOf(leader)}: It leads, Mesos 1.11.0.`,
    `ok prod: master ${nameOf(standby)}: It answers; the leader is ${leader.address}.`,
    expect.stringMatching(
      new RegExp(`^mend prod: master ${nameOf(gone)}: .* → .*the bot goes on by itself`, "i"),
    ),
  ]);
  expect(found[3]).toContain(`ok prod: leader: ${nameOf(leader)}`);
});

test("a cluster without a leader is told, beside what each master says", async () => {
  const [one, other] = [await master(), await master()];
  one.setLeading("redirecting", other.address);
  await other.stop();
  expect(await look({ MESOS_MASTERS: `${one.url},${other.url}` })).toEqual([
    `ok prod: master ${nameOf(one)}: It answers; the leader is ${other.address}.`,
    expect.stringMatching(new RegExp(`^mend prod: master ${nameOf(other)}: `)),
    expect.stringMatching(/^mend prod: leader: /),
  ]);
});

test("a ZooKeeper that names no master because it is away is told", async () => {
  const port = await freePort();
  expect(await look({ MESOS_MASTERS: `zk://127.0.0.1:${port}/mesos` })).toEqual([
    expect.stringMatching(
      /^mend prod: leader: ZooKeeper, which names the masters of prod, does not answer.* → /,
    ),
  ]);
});

test("a version with known faults is noted, each with its advice", async () => {
  const leader = await master({ version: "1.9.0" });
  expect(await look({ MESOS_MASTERS: leader.url })).toContainEqual(
    expect.stringMatching(/^note prod: leader: Mesos 1\.9\.0 has MESOS-10109: .* → /),
  );
});

test("a bot calls no master, so there is nothing to say of them", async () => {
  const leader = await master();
  expect(await lookAtMasters(configOf({ MESOS_MASTERS: leader.url, REDIS_URL: "redis://r" }, "bot"))).toEqual(
    [],
  );
  expect(leader.calls()).toEqual([]);
});
