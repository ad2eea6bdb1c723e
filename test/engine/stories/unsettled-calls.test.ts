import { describe, expect, test } from "vitest";
import type { Fault } from "../../../src/rehearsal/master/faults.js";
import { SIX, useEngine } from "../support/engine.js";
import { Gate } from "../support/gate.js";
import { ALICE, BOB } from "../support/people.js";
import type { TestMaintenance } from "../support/test-cluster.js";

const STAYS = { name: "jobs", habit: "silent" as const, tasks: [{ name: "job", on: "web-01" }] };

/** A call whose answer does not come: what is sent in all, of which one takes effect. */
const FAULTS: readonly { readonly name: string; readonly fault: Fault | "late"; readonly sent: number }[] = [
  { name: "hangs and is never carried out", fault: { kind: "hang_before" }, sent: 2 },
  { name: "is carried out and never answered", fault: { kind: "hang_after" }, sent: 1 },
  { name: "is cut off and not carried out", fault: { kind: "reset_before" }, sent: 2 },
  { name: "is carried out and cut off", fault: { kind: "reset_after" }, sent: 1 },
  { name: "is carried out after the client has given up", fault: "late", sent: 1 },
];

interface Step {
  readonly call: "UPDATE_MAINTENANCE_SCHEDULE" | "START_MAINTENANCE" | "STOP_MAINTENANCE" | "DRAIN_AGENT";
  readonly name: string;
  /** Options of the drain, for which a task stays on web-01. */
  readonly options?: string;
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
    notDone: /Whether the window was posted is not known yet/,
    done: /Scheduled/,
  },
  {
    call: "UPDATE_MAINTENANCE_SCHEDULE",
    name: "the post that gives machines back",
    before: 1,
    lead: async (maintenance) => {
      await maintenance.cluster.type(ALICE, `cancel ${maintenance.id}`);
    },
    notDone: /Whether the machines were given back is not known yet/,
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
    call: "DRAIN_AGENT",
    name: "the kill-drain",
    options: "--kill",
    before: 0,
    lead: async (maintenance) => {
      await maintenance.click(BOB, "approve");
    },
    notDone: /Whether what runs on the agent is being killed is not known yet/,
    done: /Drained: the task that was to end has ended/,
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
    notDone: /Whether the machines are up is not known yet/,
    done: /Up: the master lets the agents/,
  },
];

describe("a call without an answer is settled by reading the world, never repeated blindly (invariant 7)", () => {
  const engine = useEngine();

  test.for(STEPS.flatMap((step) => FAULTS.map((fault) => ({ step, ...fault, of: step.name }))))(
    "$of $name and is settled by what the master shows",
    async ({ step, fault, sent }) => {
      const cluster = await engine().cluster(
        step.options === undefined ? {} : { master: { agents: SIX, frameworks: [STAYS] } },
      );
      const gate = new Gate();
      const planned: Fault = fault === "late" ? { kind: "hold", until: gate.opened } : fault;
      if (step.before === 0) cluster.master.fault(step.call, planned);
      const maintenance = await cluster.drain(`web-01 2h ${step.options ?? ""}`.trim());
      if (step.before > 0) {
        await maintenance.question();
        cluster.master.fault(step.call, planned);
      }
      await step.lead(maintenance);
      const isCutOff = planned.kind === "reset_before" || planned.kind === "reset_after";
      if (!isCutOff) await cluster.givesUp();

      const trouble = await maintenance.thread(/⚠️/);
      expect(trouble).toMatch(step.notDone);
      expect(trouble).toMatch(/not repeated until the master's state shows it/);
      if (!isCutOff) expect(trouble).toMatch(/took the call but did not answer in time/);
      if (fault === "late") {
        await cluster.looks(3);
        expect(cluster.calls(step.call)).toBe(step.before + 1);
      }
      gate.open();
      await maintenance.thread(step.done);
      expect(cluster.calls(step.call)).toBe(step.before + sent);
      expect(cluster.calls(step.call, "accepted")).toBe(step.before + 1);
      expect(maintenance.texts().filter((text) => text.startsWith("⚠️"))).toHaveLength(1);
    },
  );

  test("machines are not taken down a second time when the answer comes after a restart", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    const gate = new Gate();
    cluster.master.fault("START_MAINTENANCE", { kind: "hold", until: gate.opened });
    await maintenance.click(BOB, "approve");
    await cluster.received("START_MAINTENANCE");
    const restarted = cluster.restart();
    await cluster.givesUp();
    await restarted;
    gate.open();
    await maintenance.thread(/Down: 1 machine,/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
  });
});
