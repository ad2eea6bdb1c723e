import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { Secret } from "../../../src/base/secret.js";
import type { ZooKeeperConfig } from "../../../src/config/config.js";
import { createMaster, type MasterOptions } from "../../../src/mesos/master.js";
import { startRehearsalMaster } from "../../../src/rehearsal/master/master.js";
import { suiteFor } from "../../support/require.js";
import { until } from "../../support/until.js";
import { startZooKeeper, type ZooKeeper, zooKeeperAvailable } from "../../support/zookeeper.js";
import { startZooKeeperPath } from "../../support/zookeeper-path.js";

suiteFor(
  "masters that ZooKeeper names",
  zooKeeperAvailable,
)(() => {
  let zooKeeper: ZooKeeper;
  beforeAll(async () => {
    zooKeeper = await startZooKeeper(1);
  });
  afterAll(async () => {
    await zooKeeper.dispose();
  });

  async function rehearsalMaster(hostname = "web-01") {
    const master = await startRehearsalMaster({ agents: [{ hostname, ip: "10.0.0.1" }], frameworks: [] });
    onTestFinished(() => master.close());
    return master;
  }

  function masterAt(path: string, more: Partial<ZooKeeperConfig> = {}, options: Partial<MasterOptions> = {}) {
    const { servers } = zooKeeper;
    const config = { servers, path, auth: null, scheme: "http", allowed: [], ...more } as const;
    const master = createMaster({
      cluster: "prod",
      masters: [],
      zooKeeper: config,
      credentials: null,
      ca: null,
      ...options,
    });
    onTestFinished(() => master.close());
    return master;
  }

  const hostsOf = async (master: ReturnType<typeof createMaster>) =>
    (await master.snapshot()).agents.map(({ machine }) => machine.hostname);

  const codeOf = (master: ReturnType<typeof createMaster>) =>
    master.snapshot().then(
      () => null,
      (error: { code: string }) => error.code,
    );

  test("the leader is found, and the next one after a fail-over", async () => {
    const [first, second] = [await rehearsalMaster("web-01"), await rehearsalMaster("web-02")];
    const { path, stands, steps } = await zooKeeper.election();
    await stands(1, first.url);
    await stands(2, second.url);
    const master = masterAt(path);
    expect(await hostsOf(master)).toEqual(["web-01"]);
    await steps(1);
    await first.close();
    await expect.poll(() => hostsOf(master).catch(() => []), { timeout: 20_000 }).toEqual(["web-02"]);
  });

  test("a master whose node stands while it is dead is no leader, until the node goes", async () => {
    const [dead, next] = [await rehearsalMaster(), await rehearsalMaster("web-02")];
    const { path, stands, steps } = await zooKeeper.election();
    await stands(1, dead.url);
    await stands(2, next.url);
    await dead.close();
    const master = masterAt(path);
    await expect(master.snapshot()).rejects.toMatchObject({ code: "connection_refused", sent: "no" });
    await steps(1);
    await expect.poll(() => hostsOf(master).catch(() => []), { timeout: 20_000 }).toEqual(["web-02"]);
  });

  test("a leader that is named while the one before is asked is asked next, without an error in between", async () => {
    const [dying, next] = [await rehearsalMaster(), await rehearsalMaster("web-02")];
    const { path, stands, steps } = await zooKeeper.election();
    await stands(1, dying.url);
    await stands(2, next.url);
    const way = await startZooKeeperPath(zooKeeper.servers);
    onTestFinished(() => way.close());
    const dies = async () => {
      await steps(1);
      await until("the next node is read", async () => way.answered(next.url.replace(/.*:/, '"port":')));
      await dying.stop();
    };
    dying.fault("GET_MASTER", { kind: "hang_before", onHit: () => void dies() });
    expect(await hostsOf(masterAt(path, { servers: way.servers }))).toEqual(["web-02"]);
  });

  test("a master that goes on as if it led after its node went is asked for nothing more, and written nothing", async () => {
    const [deposed, next] = [await rehearsalMaster(), await rehearsalMaster("web-02")];
    const { path, stands, steps } = await zooKeeper.election();
    await stands(1, deposed.url);
    await stands(2, next.url);
    const master = masterAt(path);
    expect(await hostsOf(master)).toEqual(["web-01"]);
    await steps(1);
    await expect.poll(() => hostsOf(master), { timeout: 20_000 }).toEqual(["web-02"]);
    deposed.clearCalls();
    await master.updateSchedule({ windows: [] });
    expect(deposed.calls()).toEqual([]);
    await steps(2);
    await expect.poll(() => codeOf(master), { timeout: 20_000 }).toBe("no_leader");
    expect(master.leader()).toBeNull();
    next.clearCalls();
    await expect(master.updateSchedule({ windows: [] })).rejects.toMatchObject({ sent: "no" });
    expect(next.calls()).toEqual([]);
  });

  test("nobody who stands is no leader now, and not a mistake", async () => {
    const { path } = await zooKeeper.election();
    await expect(masterAt(path).snapshot()).rejects.toMatchObject({ code: "no_leader", sent: "no" });
  });

  test("a path that is not there is a mistake of the configuration", async () => {
    const error = await masterAt("/nowhere")
      .snapshot()
      .catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: "zookeeper_unreadable", sent: "no" });
    expect(String(error)).toContain("/nowhere: ZooKeeper at 127.0.0.1");
  });

  test("nothing is sent to a master that is not allowed, whatever name it gives itself", async () => {
    const stranger = await rehearsalMaster();
    const { path, stands } = await zooKeeper.election();
    await stands(1, stranger.url);
    const credentials = { principal: "bot", secret: new Secret("hunter2") };
    const master = masterAt(path, { allowed: ["10.0.0.0/8", "mesos-1.example.com"] }, { credentials });
    await expect(master.snapshot()).rejects.toMatchObject({ code: "master_not_allowed", sent: "no" });
    expect(stranger.calls()).toEqual([]);
    expect(await hostsOf(masterAt(path, { allowed: ["127.0.0.0/8"] }))).toEqual(["web-01"]);
  });

  test.each([
    ["a name with a login in it", { ip: undefined, hostname: "a@127.0.0.1" }],
    ["a number for an IP", { ip: "16777343" }],
  ])("%s is no address", async (_, address) => {
    const { path } = await zooKeeper.election();
    const info = { hostname: "x@127.0.0.1", port: 5050, address: { port: 5050, ...address } };
    await zooKeeper.create(`${path}/json.info_0000000001`, JSON.stringify(info));
    await expect(masterAt(path).snapshot()).rejects.toMatchObject({ code: "zookeeper_unreadable" });
  });

  test("while ZooKeeper is away the known leader counts, which is told once at its beginning and its end", async () => {
    const leader = await rehearsalMaster();
    const { path, stands } = await zooKeeper.election();
    await stands(1, leader.url);
    const told: boolean[] = [];
    const master = masterAt(path, {}, { onZooKeeperAway: (why) => told.push(why !== null) });
    expect(await hostsOf(master)).toEqual(["web-01"]);
    const [server] = zooKeeper.servers;
    await server?.kill();
    await expect.poll(() => told, { timeout: 20_000 }).toEqual([true]);
    expect(await hostsOf(master)).toEqual(["web-01"]);
    await expect(masterAt(path).snapshot()).rejects.toMatchObject({ code: "zookeeper_away", sent: "no" });
    server?.start();
    await expect.poll(() => told, { timeout: 30_000 }).toEqual([true, false]);
  });
});
