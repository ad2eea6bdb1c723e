import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { Secret } from "../../src/base/secret.js";
import type { MarathonError } from "../../src/marathon/errors.js";
import { createMarathon, type MarathonOptions } from "../../src/marathon/marathon.js";
import { startCluster } from "../rehearsal/support/cluster.js";
import { endlessServer } from "../support/endless.js";
import type { RehearsalMarathonOptions } from "../support/marathon/options.js";
import { marathonOf, marathonOn } from "../support/marathon.js";

function clientOf(url: string, options: Partial<MarathonOptions> = {}) {
  const client = createMarathon({
    url,
    authorization: null,
    ca: null,
    limit: (ms) => AbortSignal.timeout(ms),
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

async function scene(options: Partial<RehearsalMarathonOptions> = {}, client: Partial<MarathonOptions> = {}) {
  const job = { name: "batch.job", on: "web-01" };
  const framework = marathonOn("web-01", "web-02");
  const frameworks = [{ ...framework, tasks: [...framework.tasks, job] }];
  const master = await startCluster(onTestFinished, { frameworks });
  const marathon = await marathonOf(master, {
    apps: [{ id: "/shop/api", minimumHealthCapacity: 0.5 }],
    pods: ["/job/batch"],
    ...options,
  });
  return { master, marathon, client: clientOf(marathon.url, client) };
}

const may = () => true;

/** Only ends what hangs. */
const unhurried = () => AbortSignal.timeout(120_000);

const failed = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable("It should have failed."),
    (error: MarathonError) => ({ code: error.code, sent: error.sent, said: error.said }),
  );

/** A server that answers everything with this body, in pieces. */
async function saying(body: string, pieces = 1): Promise<string> {
  const server = createServer((_, response) => {
    for (let at = 0; at < pieces; at += 1) response.write(body);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a look at a Marathon", () => {
  test("a look shows apps with their tasks and health, and pods", async () => {
    const { client, master, marathon } = await scene();
    const [first, second] = marathon.tasksOf("/shop/api");
    marathon.setHealth(second?.id ?? "", false);
    expect(await client.look()).toEqual({
      version: "1.11.24",
      frameworkId: master.state().frameworks[0]?.id,
      apps: [
        {
          id: "/shop/api",
          instances: 2,
          minimumHealthCapacity: 0.5,
          hasHealthChecks: true,
          isResident: false,
          isDeploying: false,
          running: 2,
          healthy: 1,
          tasks: [
            { id: first?.id, agentId: first?.agentId, isRunning: true, isHealthy: true },
            { id: second?.id, agentId: second?.agentId, isRunning: true, isHealthy: false },
          ],
        },
      ],
      pods: [{ id: "/job/batch", instances: ["batch.job"] }],
    });
  });

  test("a task without a result of its health check is not healthy", async () => {
    const { client, marathon } = await scene();
    marathon.setHealth(marathon.tasksOf("/shop/api")[0]?.id ?? "", null);
    const { apps } = await client.look();
    expect(apps[0]).toMatchObject({ healthy: 1, running: 2 });
    expect(apps[0]?.tasks[0]?.isHealthy).toBe(false);
  });

  test("resident apps and apps under deployment are told", async () => {
    const { client, marathon } = await scene({ apps: [{ id: "/shop/api", resident: true }] });
    marathon.setLocked("/shop/api", true);
    const { apps } = await client.look();
    expect(apps[0]).toMatchObject({ isResident: true, isDeploying: true, minimumHealthCapacity: 1 });
  });

  test("the login is sent, and one that is refused is told without it", async () => {
    const authorization = "Basic Ym90OnM=";
    const right = await scene({ authorization }, { authorization: new Secret(authorization) });
    expect((await right.client.look()).apps).toHaveLength(1);
    const wrong = await scene({ authorization }, { authorization: new Secret("Basic c2VjcmV0") });
    const error = await wrong.client.look().catch((thrown: unknown) => thrown as MarathonError);
    expect(error).toMatchObject({ code: "marathon_login", said: "Invalid username or password." });
    expect(JSON.stringify(error) + String(error)).not.toContain("c2VjcmV0");
  });

  test.each([
    ["at once", ""],
    ["where it is cut", "x".repeat(285)],
  ])("a Marathon that shows our login to us, %s, is told without it", async (_, before) => {
    const authorization = new Secret("Basic Ym90Om9mLW1hcmF0aG9u");
    const { client, marathon } = await scene({}, { authorization });
    const body = JSON.stringify({ message: `${before} ${authorization.reveal()} is refused` });
    marathon.setFault("looks", { kind: "answer", status: 400, body });
    const { said } = await failed(client.look());
    expect(said).not.toContain("Ym90");
    expect(said).toContain(before);
  });

  test("a redirect is not followed, so that no login goes elsewhere", async () => {
    const { client, marathon } = await scene();
    const other = await scene();
    const location = `${other.marathon.url}/v2/apps`;
    marathon.setFault("looks", { kind: "answer", status: 307, body: "", location });
    expect(await failed(client.look())).toMatchObject({ code: "marathon_redirects", sent: "yes" });
    expect(other.marathon.looks()).toBe(0);
  });

  test("a Marathon that is away, hangs, breaks or lies is an error of its own", async () => {
    const { client, marathon } = await scene({}, { limit: () => AbortSignal.timeout(200) });
    marathon.setFault("looks", { kind: "hang" });
    expect(await failed(client.look())).toMatchObject({ code: "marathon_slow" });
    marathon.setFault("looks", { kind: "cut" });
    expect(await failed(client.look())).toMatchObject({ code: "marathon_away" });
    marathon.setFault("looks", { kind: "answer", status: 503, body: '{"message":"no leader"}' });
    expect(await failed(client.look())).toMatchObject({ code: "marathon_broken", said: "no leader" });
    marathon.setFault("looks", { kind: "answer", status: 200, body: "<html>" });
    expect(await failed(client.look())).toMatchObject({ code: "marathon_unreadable" });
    await marathon.stop();
    expect(await failed(client.look())).toMatchObject({ code: "marathon_away", sent: "no" });
  });

  test.each([
    ["a share above 1", { upgradeStrategy: { minimumHealthCapacity: 1.5 } }],
    ["less than no instances", { instances: -1 }],
    ["no tasks", { tasks: undefined }],
    ["a count that is missing", { tasksHealthy: undefined }],
    ["no word on deployments", { deployments: undefined }],
  ])("an app with %s is not believed", async (_, wrong) => {
    const right = {
      id: "/a",
      instances: 1,
      tasksRunning: 1,
      tasksHealthy: 1,
      deployments: [],
      tasks: [],
    };
    const { client, marathon } = await scene();
    const body = JSON.stringify({ version: "1", apps: [{ ...right, ...wrong }] });
    marathon.setFault("looks", { kind: "answer", status: 200, body });
    expect(await failed(client.look())).toMatchObject({ code: "marathon_unreadable" });
  });

  test("an answer that is too large is not read to its end", async () => {
    const url = await saying("x".repeat(1_000), 50);
    const client = clientOf(url, { largestLookBytes: 10_000 });
    expect(await failed(client.look())).toMatchObject({ code: "marathon_too_large" });
  });
});

describe("a Marathon whose answers have no end", () => {
  /** What the system holds on its own on the connections of one look, and some. */
  const IN_BETWEEN_BYTES = 48 * 1024 * 1024;

  test.each([
    [403, "marathon_login"],
    [400, "marathon_refuses"],
    [500, "marathon_broken"],
    [307, "marathon_redirects"],
  ])("an error with %d is read to 64 KiB and told", async (status, code) => {
    const server = await endlessServer({ status, words: "no rights" });
    const client = clientOf(server.url, { limit: unhurried });
    for (const work of [() => client.look(), () => client.kill(["a.b"], may)]) {
      const error = await work().then(
        () => expect.unreachable("It should have failed."),
        (thrown: MarathonError) => thrown,
      );
      expect(error).toMatchObject({ code, said: expect.stringMatching(/^no rightsx+…$/) });
      expect(error.what).toContain("It went on for more than 64 KiB, and the rest was not read.");
    }
    expect(await server.taken()).toBeLessThan(IN_BETWEEN_BYTES);
  });

  test("all answers of one look have one budget", async () => {
    const server = await endlessServer({ status: 200 });
    const client = clientOf(server.url, { limit: unhurried, largestLookBytes: 1_000_000 });
    const error = await client.look().catch((thrown: unknown) => thrown as MarathonError);
    expect(error).toMatchObject({
      code: "marathon_too_large",
      what: `What the Marathon at ${server.url} answered is larger than 1000000 bytes; the rest was not read.`,
      next: expect.stringMatching(/^Look whether the address/),
    });
    expect(await server.taken()).toBeLessThan(IN_BETWEEN_BYTES);
  });

  test("a kill that is answered so may have been carried out", async () => {
    const server = await endlessServer({ status: 200 });
    const client = clientOf(server.url, { limit: unhurried });
    expect(await failed(client.kill(["a.b"], may))).toMatchObject({
      code: "marathon_too_large",
      sent: "maybe",
    });
    expect(await server.taken()).toBeLessThan(IN_BETWEEN_BYTES);
  });
});

describe("a kill", () => {
  test("a kill asks for these tasks with scale=false and never with wipe", async () => {
    const { client, marathon } = await scene();
    const ids = marathon.tasksOf("/shop/api").map(({ id }) => id);
    await client.kill(ids, may);
    expect(marathon.kills()).toMatchObject([{ ids, scale: false, wipe: false }]);
  });

  test("a kill whose proof ran out while it connected is not sent", async () => {
    const { client, marathon } = await scene();
    expect(await failed(client.kill(["a.b"], () => false))).toMatchObject({
      code: "marathon_withdrawn",
      sent: "no",
    });
    expect(marathon.kills()).toEqual([]);
  });

  test("a kill without an answer may have been carried out", async () => {
    const { client, marathon } = await scene({}, { limit: () => AbortSignal.timeout(300) });
    marathon.setFault("kills", { kind: "lost" });
    expect(await failed(client.kill(["a.b"], may))).toMatchObject({ sent: "maybe" });
    marathon.setFault("kills", { kind: "hang" });
    expect(await failed(client.kill(["a.b"], may))).toMatchObject({ code: "marathon_slow", sent: "maybe" });
    marathon.setFault("kills", { kind: "answer", status: 502, body: "" });
    expect(await failed(client.kill(["a.b"], may))).toMatchObject({ sent: "maybe" });
    expect(marathon.kills()).toHaveLength(1);
  });

  test("a kill that is refused was not carried out", async () => {
    const { client, marathon } = await scene();
    marathon.setFault("kills", { kind: "answer", status: 409, body: '{"message":"App is locked"}' });
    expect(await failed(client.kill(["a.b"], may))).toEqual({
      code: "marathon_refuses",
      sent: "yes",
      said: "App is locked",
    });
    await marathon.stop();
    expect(await failed(client.kill(["a.b"], may))).toMatchObject({ code: "marathon_away", sent: "no" });
  });
});
