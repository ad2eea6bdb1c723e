import { describe, expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

const ONE = [{ kind: "machines", most: { kind: "count", count: 1 }, hours: [] }] as const;

describe("a cluster in which one machine may be out at once", () => {
  const engine = useEngine();

  test("a second maintenance is asked about when the first is back, and says until then for which it waits", async () => {
    const cluster = await engine().cluster({ policy: { budgets: ONE } });
    const first = await cluster.drainToQuestion("web-01 2h");
    await cluster.click(BOB, (await first.button("approve")).value);
    await first.thread(/Down: 1 machine/);
    const second = await cluster.drain("web-02 2h");
    await second.root(/it would be 2: 1 is out already \(1 of m-/);
    expect(await second.root(/out already/)).toContain(`1 of ${first.id}`);
    // Nor by hand.
    await cluster.type(ALICE, `down ${second.id}`);
    await cluster.told(ALICE, /it would be 2/);
    expect(cluster.mode("web-02")).toBe("DRAINING");
    await cluster.type(ALICE, `up ${first.id}`);
    await second.question();
  });

  test("of two that are asked about in the same hour only one goes down under an approval, and the other waits", async () => {
    const cluster = await engine().cluster({ policy: { budgets: ONE } });
    const first = await cluster.drainToQuestion("web-01 2h");
    const second = await cluster.drain("web-02 2h");
    await second.root(new RegExp(`1 of ${first.id}`));
    await cluster.click(BOB, (await first.button("approve")).value);
    await first.thread(/Down: 1 machine/);
    expect(cluster.mode("web-02")).toBe("DRAINING");
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
  });

  test("an override with a reason lets the batch that waits be asked about", async () => {
    const cluster = await engine().cluster({ policy: { budgets: ONE } });
    await cluster.drainToQuestion("web-01 2h");
    const second = await cluster.drain("web-02 2h");
    await second.root(/out already/);
    await cluster.type(BOB, `down ${second.id} --override "the disk is failing"`);
    await second.thread(/overrides the rule/);
    await second.question();
  });
});
