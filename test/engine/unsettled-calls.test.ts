import { describe, test } from "vitest";
import { until } from "../../src/rehearsal/demo/until.js";
import type { Fault } from "../../src/rehearsal/master/faults.js";
import { useEngine } from "./support/engine.js";
import { Gate } from "./support/gate.js";
import { ALICE, BOB } from "./support/people.js";
import type { TestMaintenance } from "./support/test-cluster.js";

/** A call whose answer does not come: what is sent in all, of which one takes effect. */
const FAULTS: readonly { readonly name: string; readonly fault: Fault | "late"; readonly sent: number }[] = [
  { name: "hangs and is never carried out", fault: { kind: "hang_before" }, sent: 2 },
  { name: "is carried out and never answered", fault: { kind: "hang_after" }, sent: 1 },
  { name: "is cut off and not carried out", fault: { kind: "reset_before" }, sent: 2 },
  { name: "is carried out and cut off", fault: { kind: "reset_after" }, sent: 1 },
  { name: "is carried out after the client has given up", fault: "late", sent: 1 },
];

interface Step {
  readonly call: "UPDATE_MAINTENANCE_SCHEDULE" | "START_MAINTENANCE" | "STOP_MAINTENANCE";
  readonly name: string;
  /** Writes of this type before the one that meets the fault. */
  readonly before: number;
  lead(maintenance: TestMaintenance): Promise<void>;
  readonly notDone: RegExp;
  /** What the thread shows when it is done. */
  readonly done: RegExp;
}

const STEPS: readonly Step[] = [
  {
    call: "UPDATE_MAINTENANCE_SCHEDULE",
    name: "the post of the window",
    before: 0,
    lead: async () => {},
    notDone: /The window is not posted yet/,
    done: /Scheduled/,
  },
  {
    call: "UPDATE_MAINTENANCE_SCHEDULE",
    name: "the post that gives machines back",
    before: 1,
    lead: async (maintenance) => {
      await maintenance.cluster.type(ALICE, `cancel ${maintenance.id}`);
    },
    notDone: /The machines are not given back yet/,
    done: /Cancelled/,
  },
  {
    call: "START_MAINTENANCE",
    name: "Down",
    before: 0,
    lead: async (maintenance) => {
      await maintenance.click(BOB, "approve");
    },
    notDone: /Whether the machines went down is not known yet; the call is not repeated until/,
    done: /Down: 1 machine,/,
  },
  {
    call: "STOP_MAINTENANCE",
    name: "Up",
    before: 0,
    lead: async (maintenance) => {
      await maintenance.click(BOB, "approve");
      await maintenance.thread(/Down: 1 machine,/);
      await maintenance.cluster.type(ALICE, `up ${maintenance.id}`);
    },
    notDone: /The machines are not up yet/,
    done: /Up: the master lets the agents/,
  },
];

describe("a call without an answer is settled by reading the world, never repeated blindly (invariant 7)", () => {
  const engine = useEngine();

  test.concurrent.for(STEPS.flatMap((step) => FAULTS.map((fault) => ({ step, ...fault, of: step.name }))))(
    "$of $name",
    { timeout: 60_000 },
    async ({ step, fault, sent }, test) => {
      // A call that takes effect late must do so before it counts as settled, however slow this machine is.
      const options = fault === "late" ? { settleMs: 6_000 } : {};
      const cluster = await engine().cluster(options, test.onTestFinished);
      const gate = new Gate();
      const planned: Fault = fault === "late" ? { kind: "hold", until: gate.opened } : fault;
      if (step.before === 0) cluster.master.fault(step.call, planned);
      const maintenance = await cluster.drain("web-01 2h");
      if (step.before > 0) {
        await maintenance.question();
        cluster.master.fault(step.call, planned);
      }
      await step.lead(maintenance);

      const trouble = await maintenance.thread(/⚠️/);
      test.expect(trouble).toMatch(step.notDone);
      test.expect(trouble).toMatch(/settled by reading/);
      if (fault === "late") {
        const looks = cluster.calls("GET_TASKS");
        await until("more looks at the master", async () => cluster.calls("GET_TASKS") >= looks + 3);
        test.expect(cluster.calls(step.call)).toBe(step.before + 1);
      }
      gate.open();
      await maintenance.thread(step.done);
      test.expect(cluster.calls(step.call)).toBe(step.before + sent);
      test.expect(cluster.calls(step.call, "accepted")).toBe(step.before + 1);
      test.expect(maintenance.texts().filter((text) => text.startsWith("⚠️"))).toHaveLength(1);
    },
  );

  test("does not take machines down a second time when the answer comes after a restart", async ({
    expect,
  }) => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    const gate = new Gate();
    cluster.master.fault("START_MAINTENANCE", { kind: "hold", until: gate.opened });
    await maintenance.click(BOB, "approve");
    await cluster.received("START_MAINTENANCE");
    await cluster.restart();
    gate.open();
    await maintenance.thread(/Down: 1 machine,/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
  });
});
