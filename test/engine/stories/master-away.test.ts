import { describe, expect, test } from "vitest";
import type { RehearsalMaster } from "../../../src/rehearsal/master/master.js";
import { useEngine } from "../support/engine.js";
import { Gate } from "../support/gate.js";
import { ALICE, BOB } from "../support/people.js";

/** How a master can be away, what people read, and how it comes back. */
interface Absence {
  readonly name: string;
  readonly words: readonly RegExp[];
  /** Calls get no answer, and the bot gives them up. */
  readonly hangs?: boolean;
  /** Masters configured beside the real one. */
  readonly others?: readonly string[];
  go(master: RehearsalMaster): void | Promise<void>;
  comeBack(master: RehearsalMaster): void | Promise<void>;
}

const lead = (master: RehearsalMaster) => master.setLeading("leading");

const clear = (master: RehearsalMaster) => master.clearFaults();

const ALWAYS = 1_000_000;

/** Nothing listens there. */
const NOBODY = "127.0.0.1:9";

/** Until it is opened the master says nothing. */
const silence = new Gate();

const ABSENCES: readonly Absence[] = [
  {
    name: "nothing listens at its address",
    words: [/Nothing listens at 127\.0\.0\.1:\d+: the master is not running/, /Next: Start the master/],
    go: (master) => master.stop(),
    comeBack: (master) => master.start(),
  },
  {
    name: "there is no leader",
    words: [/have no leader at the moment/, /> No leader elected/, /goes on by itself/],
    go: (master) => master.setLeading("no_leader"),
    comeBack: lead,
  },
  {
    name: "the leader has not recovered",
    words: [/has not finished recovery/, /> Master has not finished recovery/, /goes on by itself/],
    go: (master) => master.setLeading("not_recovered"),
    comeBack: lead,
  },
  {
    name: "the leader is none of the configured masters",
    words: [
      /name nowhere\.example:5050 as the leader, which is not among the configured masters/,
      /Next: Add that master to the configuration and restart the worker; it goes on by itself then\. Credentials are never sent/,
    ],
    go: (master) => master.setLeading("redirecting", "nowhere.example:5050"),
    comeBack: lead,
  },
  {
    name: "the leader that is named is gone",
    words: [/still name 127\.0\.0\.1:9 as the leader, but it cannot be reached/],
    others: [`http://${NOBODY}`],
    go: (master) => master.setLeading("redirecting", NOBODY),
    comeBack: lead,
  },
  {
    name: "the masters point at each other",
    words: [/The leader of \w+ changed again and again/],
    go: (master) => master.setLeading("redirecting"),
    comeBack: lead,
  },
  {
    name: "it does not accept the credentials (401)",
    words: [/does not accept the credentials/, /Next: Check the principal and the secret/],
    go: (master) => master.fault("*", { kind: "status", status: 401, times: ALWAYS }),
    comeBack: clear,
  },
  {
    name: "the principal may not read (403)",
    words: [
      /lacks the right to do this/,
      /> 403 Forbidden\./,
      /Next: Grant it the right to make this call in the masters. ACLs/,
    ],
    go: (master) => master.fault("*", { kind: "status", status: 403, text: "403 Forbidden.", times: ALWAYS }),
    comeBack: clear,
  },
  {
    name: "it takes calls and does not answer",
    words: [/took the call but did not answer in time/],
    hangs: true,
    go: (master) => master.fault("*", { kind: "hold", until: silence.opened, times: ALWAYS }),
    comeBack: (master) => {
      clear(master);
      // Who has not given up yet is answered: the looks for a leader are shared.
      silence.open();
    },
  },
  {
    name: "it breaks every connection",
    words: [/broke before the answer was complete/],
    go: (master) => master.fault("*", { kind: "reset_before", times: ALWAYS }),
    comeBack: clear,
  },
];

describe("a master that is away", () => {
  const engine = useEngine();

  test.for(ABSENCES)(
    "$name: the thread says so in plain words, the drain waits and goes on by itself (invariant 10)",
    async ({ words, hangs = false, others = [], go, comeBack }) => {
      const cluster = await engine().cluster({ otherMasters: others });
      await go(cluster.master);
      const maintenance = await cluster.drain("web-01 2h");
      if (hangs) await cluster.givesUp();
      const message = await maintenance.thread(/⚠️/);
      for (const one of words) expect(message).toMatch(one);
      expect(message).toContain("Not done: No window was posted yet.");
      expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
      await comeBack(cluster.master);
      await maintenance.thread(/Scheduled/);
      await maintenance.thread(/Going on again/);
      await maintenance.question();
      expect(maintenance.texts().filter((text) => text.startsWith("⚠️"))).toHaveLength(1);
    },
  );

  test("an approved Down waits for the master and is carried out when it is back", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    cluster.master.fault("START_MAINTENANCE", {
      kind: "status",
      status: 503,
      text: "No leader elected",
      times: 3,
    });
    await maintenance.click(BOB, "approve");
    expect(await maintenance.thread(/have no leader/)).toContain(
      "Not done: The machines were not taken down yet.",
    );
    await maintenance.thread(/Going on again/);
    await maintenance.thread(/Down: 1 machine,/);
    expect(cluster.calls("START_MAINTENANCE", "accepted")).toBe(1);
  });

  test("a master that goes away while machines are Down is told once however long it lasts, and Up waits for it", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine,/);
    await cluster.master.stop();
    await maintenance.thread(/Nothing listens at/);
    await cluster.type(ALICE, `up ${maintenance.id}`);
    await cluster.told(ALICE, /are being brought up/);
    // Tells another thing that is not done, but not each look at the master.
    await maintenance.thread(/Not done: The machines are not up yet/);
    await cluster.master.start();
    await maintenance.root(/Back in service/);
    await maintenance.thread(/All are back/);
    expect(maintenance.texts().filter((text) => text.startsWith("⚠️"))).toHaveLength(2);
    expect(cluster.calls("STOP_MAINTENANCE")).toBe(1);
  });

  test("questions are answered meanwhile as far as it can be done without the master", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    await cluster.master.stop();
    await maintenance.thread(/Nothing listens at/);
    await cluster.type(BOB, "status");
    await cluster.told(BOB, maintenance.id);
    await cluster.type(BOB, "hosts web-*");
    expect(await cluster.told(BOB, /Nothing listens at/)).toContain("Your question is not answered");
  });
});
