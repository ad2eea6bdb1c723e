import { describe, expect, onTestFinished, test } from "vitest";
import { createMarathons } from "../../../src/engine/cluster/marathons.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import { startCluster } from "../../rehearsal/support/cluster.js";
import { marathonOf, marathonOn } from "../../support/marathon.js";
import { framework, worldOf } from "../../support/world.js";

async function scene(pollMs = 10_000) {
  const master = await startCluster(onTestFinished, { frameworks: [marathonOn("web-01")] });
  const marathon = await marathonOf(master, { apps: [{ id: "/shop/api" }] });
  const id = master.state().frameworks[0]?.id ?? "";
  const world = worldOf({ frameworks: [framework("marathon", { id }), framework("marathon-two")] });
  let elapsedMs = 0;
  const config = {
    by: "name",
    value: "marathon*",
    url: marathon.url,
    authorization: null,
    ca: null,
  } as const;
  const limit = (ms: number) => AbortSignal.timeout(ms);
  const marathons = createMarathons([config], { elapsed: () => elapsedMs, limit, pollMs });
  onTestFinished(() => marathons.close());
  const pass = (ms: number) => {
    elapsedMs += ms;
  };
  return { marathon, marathons, world, id, pass };
}

async function whyUnseen(look: Promise<readonly unknown[]>): Promise<string> {
  const [first] = (await look) as readonly { readonly kind: string; readonly why?: string }[];
  return first?.kind === "unseen" ? (first.why ?? "") : expect.unreachable("It was seen.");
}

describe("the Marathons of a cluster", () => {
  test("a framework's Marathon is looked at", async () => {
    const { marathons, world, id } = await scene();
    expect(await marathons.look([id], world)).toMatchObject([
      { kind: "seen", frameworkId: id, view: { apps: [{ id: "/shop/api" }] } },
    ]);
  });

  test("one that is away is not asked again within a poll, whoever looks, and then it is", async () => {
    const { marathon, marathons, world, id, pass } = await scene();
    marathon.setFault("looks", { kind: "answer", status: 503, body: "no leader" });
    expect(await whyUnseen(marathons.look([id], world))).toMatch(/answered with status 503.*no leader/);
    marathon.setFault("looks", null);
    pass(9_999);
    expect(await whyUnseen(marathons.look([id], world))).toMatch(/503/);
    expect(marathon.looks()).toBe(0);
    pass(1);
    expect(await marathons.look([id], world)).toMatchObject([{ kind: "seen" }]);
  });

  test("one that is registered as another framework is not believed", async () => {
    const { marathons, world } = await scene();
    expect(await whyUnseen(marathons.look(["marathon-two"], world))).toMatch(
      /is registered as the framework .* and not as marathon-two/,
    );
  });

  test("of a framework that no entry names, or that is gone, it is said that its address is not known", async () => {
    const { marathons, world, id } = await scene();
    const other: World = { ...world, frameworks: [framework("aurora")] };
    expect(await whyUnseen(marathons.look(["aurora"], other))).toBe(
      "Its address is not in the clusters file.",
    );
    expect(await whyUnseen(marathons.look([id], other))).toBe("Its address is not in the clusters file.");
  });
});
