import { describe, expect, test } from "vitest";
import type { RehearsalFramework } from "../../../src/rehearsal/master/options.js";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

const AGENTS = [1, 2, 3].map((n) => ({ hostname: `Web-0${n}`, ip: `10.0.0.${n}` }));

const spark = (on: string): RehearsalFramework => ({
  name: "spark",
  habit: "decliner",
  tasks: [{ name: `driver-${on}`, on }],
});

describe("whatever is told in a thread", () => {
  const engine = useEngine();

  test("frameworks of one name are two, and a machine is called as its agent is", async () => {
    const cluster = await engine().cluster({
      master: { agents: AGENTS, frameworks: [spark("Web-01"), spark("Web-02")] },
      policy: { askAfterMs: 1_000 },
    });
    const maintenance = await cluster.drainToQuestion("web-0[1-2] 2h");
    const [one, two] = [
      /spark \(…-\d+\): refused 1 \(on `Web-01`\)/,
      /spark \(…-\d+\): refused 1 \(on `Web-02`\)/,
    ];
    const card = await maintenance.root(one);
    expect(card).toMatch(two);
    expect((await maintenance.question()).text).toMatch(/2 tasks \(spark \(…-\d+\) 1, spark \(…-\d+\) 1\)/);
    await cluster.type(BOB, "frameworks");
    expect(await cluster.told(BOB, /2 frameworks/)).toMatch(/spark \(…-\d+\) .*spark \(…-\d+\) /s);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down/);
    await cluster.type(ALICE, `up ${maintenance.id}`);
    await maintenance.root(/Up|up/);
    expect(maintenance.texts().join("\n")).not.toContain("web-01");
  });
});
