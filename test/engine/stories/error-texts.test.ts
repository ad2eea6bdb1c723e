import { describe, expect, test } from "vitest";
import { BY_ITSELF, goingOn } from "../../../src/maintenance/text/go-on.js";
import { ERROR_TABLE, type ErrorRow } from "../../../src/mesos/errors/table.js";
import type { CallType } from "../../../src/rehearsal/master/call.js";
import { SIX, useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";
import type { TestCluster, TestMaintenance } from "../support/test-cluster.js";

/** Which call of a maintenance a master answers so; every other text is given to the post of the schedule. */
const CALLS: Readonly<Record<string, "START_MAINTENANCE" | "STOP_MAINTENANCE" | "DRAIN_AGENT">> = {
  agent_in_schedule: "DRAIN_AGENT",
  cannot_drain: "DRAIN_AGENT",
  being_marked_gone: "DRAIN_AGENT",
  unknown_agent: "DRAIN_AGENT",
  no_machines: "START_MAINTENANCE",
  not_scheduled: "START_MAINTENANCE",
  not_draining: "START_MAINTENANCE",
  not_down: "STOP_MAINTENANCE",
};

const TEXTS = ERROR_TABLE.flatMap((row) =>
  row.when.by === "text" ? [{ ...row, words: row.when.text, status: row.when.status }] : [],
);

/** 401 and 503 are met by any call, so they are in `master-away.test.ts` as well. */
const STATUSES = ERROR_TABLE.flatMap((row) =>
  row.when.by === "status"
    ? [{ ...row, words: "", status: row.when.status === "other" ? 500 : row.when.status }]
    : [],
);

/** What stands in a master's text, and how a person reads it. */
const BLANKS = {
  machine: { said: '{"hostname":"web-01","ip":"10.0.0.1"}', shown: "web-01 (10.0.0.1)" },
  value: { said: "10.0.0.300", shown: "10.0.0.300" },
  agent: { said: "S1", shown: "S1" },
} as const;

describe("what a master says reaches the thread, explained", () => {
  const engine = useEngine();

  test.for([...TEXTS, ...STATUSES])("a master's $status is explained as $code: $words", async (row) => {
    const call = CALLS[row.code] ?? "UPDATE_MAINTENANCE_SCHEDULE";
    const cluster = await engine().cluster(
      call === "DRAIN_AGENT" ? { master: { agents: SIX, frameworks: [STAYS] } } : {},
    );
    const text = row.words.replace(/<(\w+)>/g, (_, name: keyof typeof BLANKS) => BLANKS[name].said);
    const maintenance = await meet(cluster, call, row.status, text);

    const message = quoted(await maintenance.thread(/⚠️/));
    expect(message).toContain(filled(row.what, cluster, row.status));
    if (text !== "") expect(message).toContain(`> ${text}`);
    // The one refusal that an earlier call of ours may have caused: the world tells.
    const settles = row.code === "not_draining";
    // A server that fails without a master's own words may have passed the post on.
    const isDoubtful = row.status >= 500 && text === "" && call === "UPDATE_MAINTENANCE_SCHEDULE";
    const notDone = isDoubtful ? /Whether the window was posted is not known yet/ : NOT_DONE[call];
    expect(message).toMatch(settles ? /Whether the machines went down is not known yet/ : notDone);
    // A Down that was refused is not sent again by itself.
    const asksAnew = call === "START_MAINTENANCE" && !settles;
    const isFinal = row.code === "cannot_drain" || row.code === "being_marked_gone";
    const goOnHow = asksAnew ? "ask for Down again" : isFinal ? "ask for the kill-drain again" : BY_ITSELF;
    const next = filled(row.next, cluster, row.status, goOnHow);
    expect(message).toContain(`Next: ${next}`);

    await (settles ? maintenance.thread(/Down: 1 machine,/) : goOn(maintenance, call, isFinal));
    expect(cluster.calls(call, "accepted")).toBe(isFinal ? 0 : 1);
  });

  test("the table of errors holds a row for every text of a master", () => {
    expect(TEXTS.length).toBeGreaterThanOrEqual(13);
    expect(STATUSES.length).toBeGreaterThanOrEqual(10);
  });
});

const NOT_DONE: Record<keyof typeof LEAD_UP, RegExp> = {
  UPDATE_MAINTENANCE_SCHEDULE: /Not done: The window is not posted yet\./,
  START_MAINTENANCE: /Not done: The machines were not taken down/,
  STOP_MAINTENANCE: /Not done: The machines are not up yet\./,
  DRAIN_AGENT: /Not done: What runs on the agent was not killed\./,
};

const STAYS = { name: "jobs", habit: "silent" as const, tasks: [{ name: "job", on: "web-01" }] };

/** What people do until the call is made. */
const LEAD_UP = {
  UPDATE_MAINTENANCE_SCHEDULE: async () => {},
  START_MAINTENANCE: async (maintenance: TestMaintenance) => {
    await maintenance.click(BOB, "approve");
  },
  DRAIN_AGENT: async (maintenance: TestMaintenance) => {
    await maintenance.click(BOB, "approve");
  },
  STOP_MAINTENANCE: async (maintenance: TestMaintenance) => {
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine,/);
    await maintenance.cluster.type(ALICE, `up ${maintenance.id}`);
  },
} as const satisfies Partial<Record<CallType, (maintenance: TestMaintenance) => Promise<void>>>;

/** A maintenance whose call of this type is answered so. A master that is away is met by several ticks. */
async function meet(
  cluster: TestCluster,
  call: keyof typeof LEAD_UP,
  status: number,
  text: string,
): Promise<TestMaintenance> {
  cluster.master.fault(call, { kind: "status", status, text, times: status === 503 ? 3 : 1 });
  const maintenance = await cluster.drain(call === "DRAIN_AGENT" ? "web-01 2h --kill" : "web-01 2h");
  await LEAD_UP[call](maintenance);
  return maintenance;
}

/** Nothing is stuck after it: what can be repeated is, and after a refused Down a person asks anew. */
async function goOn(
  maintenance: TestMaintenance,
  call: keyof typeof LEAD_UP,
  isFinal: boolean,
): Promise<void> {
  const { cluster } = maintenance;
  if (call === "DRAIN_AGENT") {
    // What is refused for good is not asked again: the machines drain as others do.
    await maintenance.thread(isFinal ? /Scheduled/ : /Drained/);
  } else if (call === "UPDATE_MAINTENANCE_SCHEDULE") {
    await maintenance.thread(/Scheduled/);
    await maintenance.thread(/Going on again/);
  } else if (call === "STOP_MAINTENANCE") {
    await maintenance.thread(/Up: the master lets the agents/);
  } else {
    await cluster.type(ALICE, `down ${maintenance.id}`);
    await cluster.told(ALICE, /asked for in the thread/);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine,/);
  }
}

function filled(
  sentence: ErrorRow["what"],
  cluster: TestCluster,
  status: number,
  goOn: string = BY_ITSELF,
): string {
  const blanks: Record<string, string> = {
    master: cluster.master.address,
    cluster: cluster.name,
    machine: BLANKS.machine.shown,
    value: BLANKS.value.shown,
    agent: BLANKS.agent.shown,
    status: String(status),
    right: "update_maintenance_schedules",
  };
  return quoted(goingOn(sentence, goOn).replace(/\{(\w+)\}/g, (_, name: string) => blanks[name] ?? name));
}

/** Backticks make code in Slack; whether the renderer keeps them as such is its own business. */
function quoted(text: string): string {
  return text.replaceAll("`", "'");
}
