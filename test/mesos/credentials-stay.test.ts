import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { Secret } from "../../src/base/secret.js";
import { askEachMaster } from "../../src/mesos/each-master.js";
import type { Master } from "../../src/mesos/master.js";
import type { MasterEvent } from "../../src/mesos/stream/events.js";
import { answer, client, leading, stopAll, type TinyMaster, tinyMaster } from "./support/tiny-masters.js";

afterEach(stopAll);

const credentials = { principal: "ops", secret: new Secret("hunter2-of-prod") };

/** Ways in which an answer names another host, by the status and the headers that it comes with. */
const NAMES_ANOTHER: readonly (readonly [string, number, (name: string) => Record<string, string>])[] = [
  ["a master's redirect", 307, (name) => ({ location: `//${name}/master/api/v1` })],
  ["an address in full", 307, (name) => ({ location: `http://${name}/api/v1` })],
  [
    "an address with our host as its user",
    307,
    (name) => ({ location: `http://127.0.0.1:5050@${name}/api/v1` }),
  ],
  ["backslashes, which browsers take for slashes", 307, (name) => ({ location: `\\\\${name}\\api\\v1` })],
  ["an address behind white space", 307, (name) => ({ location: ` \t//${name}/api/v1` })],
  ["a redirect for good", 301, (name) => ({ location: `http://${name}/api/v1` })],
  ["a redirect for now", 302, (name) => ({ location: `http://${name}/api/v1` })],
  ["a redirect to be got", 303, (name) => ({ location: `http://${name}/api/v1` })],
  ["a redirect for good, with the body", 308, (name) => ({ location: `http://${name}/api/v1` })],
  ["where it was made", 201, (name) => ({ location: `http://${name}/api/v1` })],
  ["where it is to be looked for", 200, (name) => ({ "content-location": `http://${name}/api/v1` })],
  [
    "another service",
    200,
    (name) => ({ "alt-svc": `h2="${name}"; ma=86400`, refresh: `0;url=http://${name}/` }),
  ],
];

/** Everything that is asked of a master. */
const CALLS: readonly (readonly [string, (master: Master) => Promise<unknown>])[] = [
  ["a look", (master) => master.snapshot()],
  ["a write", (master) => master.updateSchedule({ windows: [] })],
  ["its drivers", (master) => master.drivers()],
  [
    "its event stream",
    async (master) => {
      const events: MasterEvent[] = [];
      const subscription = master.subscribe((event) => events.push(event));
      await vi.waitFor(() => expect(events.length).toBeGreaterThan(0), { timeout: 60_000 });
      await subscription.close();
    },
  ],
];

/** Settles, however it ends: what counts is who was asked. */
const ended = (work: Promise<unknown>) => work.then(() => undefined).catch(() => undefined);

function naming(
  stranger: TinyMaster,
  status: number,
  headers: (name: string) => Record<string, string>,
): TinyMaster["handler"] {
  return (_, response) => void response.writeHead(status, headers(stranger.name)).end();
}

describe.each(NAMES_ANOTHER)("a login goes nowhere by %s", (_, status, headers) => {
  test.each(CALLS)("that answers %s", async (__, call) => {
    const stranger = await tinyMaster(leading("stranger"));
    const leader = await tinyMaster(leading());
    const master = client({ masters: [leader.address], credentials });
    await master.version();
    leader.handler = naming(stranger, status, headers);
    await ended(call(master));
    await ended(master.version());
    expect(leader.received.at(-1)?.headers.authorization).toMatch(/^Basic /);
    expect(stranger.received).toEqual([]);
  });

  test("that answers who leads, to a client or to the check", async () => {
    const stranger = await tinyMaster(leading("stranger"));
    const first = await tinyMaster(naming(stranger, status, headers));
    const second = await tinyMaster(leading("leader-1"));
    const masters = [first.address, second.address];
    const timeouts = { connectMs: 1_000, headersMs: 10_000, bodyMs: 10_000, writeMs: 10_000 };
    await ended(client({ masters: [first.address], credentials }).version());
    await expect(client({ masters, credentials }).version()).resolves.toBe("1.11.0");
    await askEachMaster({ cluster: "prod", masters, credentials, ca: null, timeouts });
    expect(stranger.received).toEqual([]);
  });
});

describe("a login goes nowhere by what a leader says of itself", () => {
  test("neither by its address, nor by its host name and port", async () => {
    const stranger = await tinyMaster(leading("stranger"));
    const pid = `master@${stranger.name}`;
    const address = { hostname: "127.0.0.1", ip: "127.0.0.1", port: stranger.port };
    const leader = await tinyMaster(
      leading("leader-1", {
        GET_MASTER: (response) => {
          const info = { id: "leader-1", ip: 0x0100007f, port: stranger.port, pid, hostname: "127.0.0.1" };
          const master_info = { ...info, address, version: "1.11.0" };
          answer(response, { type: "GET_MASTER", get_master: { master_info } });
        },
      }),
    );
    const master = client({ masters: [leader.address], credentials });
    for (const [, call] of CALLS) await ended(call(master));
    await master.version();
    expect(stranger.received).toEqual([]);
  });
});

test("a login goes nowhere by the proxies of the environment", async () => {
  const proxy = await tinyMaster(leading("proxy"));
  const leader = await tinyMaster(leading());
  for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"]) {
    vi.stubEnv(name, proxy.address);
  }
  onTestFinished(() => void vi.unstubAllEnvs());
  const master = client({ masters: [leader.address], credentials });
  await master.snapshot();
  await master.updateSchedule({ windows: [] });
  expect(proxy.received).toEqual([]);
});
