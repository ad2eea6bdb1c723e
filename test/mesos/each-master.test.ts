import { afterEach, expect, test } from "vitest";
import { askEachMaster } from "../../src/mesos/each-master.js";
import { leading, redirectTo, say, stopAll, tinyMaster } from "./support/tiny-masters.js";

afterEach(stopAll);

test("each listed master is asked once, and only whether it leads; the answers stand in the order of the list", async () => {
  const leader = await tinyMaster(leading("leader-1"));
  const standby = await tinyMaster(redirectTo(leader.name));
  const electing = await tinyMaster((_, response) => say(response, 503, "No leader elected"));
  const gone = await tinyMaster(leading());
  await gone.stop();
  const listed = [standby, gone, leader, electing];
  const asked = await askEachMaster({
    cluster: "prod",
    masters: listed.map(({ address }) => address),
    credentials: null,
    ca: null,
  });
  expect(asked.map(({ name }) => name)).toEqual(listed.map(({ name }) => name));
  expect(asked.map(({ answer }) => answer)).toMatchObject([
    { kind: "redirects", target: { name: leader.name } },
    { kind: "fails", error: { code: "connection_refused" } },
    { kind: "leads", leader: { id: "leader-1", version: "1.11.0" } },
    { kind: "fails", error: { code: "no_leader" } },
  ]);
  for (const { received } of [leader, standby, electing])
    expect(received.map(({ type }) => type)).toEqual(["GET_MASTER"]);
});
