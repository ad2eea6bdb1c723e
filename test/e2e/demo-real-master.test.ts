import { type TestContext, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { type RehearsalMaster, startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import type { RehearsalOptions } from "../../src/rehearsal/master/options.js";
import { sampleCluster } from "../../src/rehearsal/master/sample.js";
import { type PlayedDemo, startDemo } from "../support/demo.js";
import { suiteFor } from "../support/require.js";

/** As text: its nanoseconds are more than a JavaScript number can hold. */
const FOREIGN =
  '{"machine_ids":[{"hostname":"db-01","ip":"10.20.2.11"}],' +
  '"unavailability":{"start":{"nanoseconds":1900000000000000001},"duration":{"nanoseconds":7200000000000}}}';

/** A rehearsal master that stands for a real one: the demo knows its address only. One window is somebody else's. */
async function startMaster(
  test: TestContext,
  changes: Partial<RehearsalOptions> = {},
): Promise<RehearsalMaster> {
  const master = await startRehearsalMaster({ ...sampleCluster(), ...changes });
  test.onTestFinished(() => master.close());
  const schedule = `{"schedule":{"windows":[${FOREIGN}]}}`;
  await send(master.url, `{"type":"UPDATE_MAINTENANCE_SCHEDULE","update_maintenance_schedule":${schedule}}`);
  return master;
}

async function send(url: string, body: string): Promise<string> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(new URL("/api/v1", url), { method: "POST", headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text} for ${body}`);
  return text;
}

/** Plays on this master, in a folder with this `.env`. */
async function startOn(test: TestContext, master: RehearsalMaster, dotEnv: string | null = null) {
  const args = ["--exit", "--master", master.url, "--hosts", "web-0[1-2]"];
  return await startDemo(test, args, { dotEnv });
}

/** The master's schedule and status hold the foreign window and nothing else. */
async function expectOnlyForeign({ expect }: TestContext, master: RehearsalMaster, demo: PlayedDemo) {
  const schedule = await send(master.url, '{"type":"GET_MAINTENANCE_SCHEDULE"}');
  expect(schedule, demo.out() + demo.err()).toContain(`{"schedule":{"windows":[${FOREIGN}]}}`);
  expect(await send(master.url, '{"type":"GET_MAINTENANCE_STATUS"}')).not.toContain("down_machines");
}

suiteFor(
  "demo and tests never touch the operator's own",
  localSlackAvailable(),
)(() => {
  test.concurrent("the demo on a real master takes nobody else's window for its own, waits for no framework, and reads no .env", async (test) => {
    const refusing = sampleCluster().frameworks.map((framework) => ({
      ...framework,
      habit: "decliner" as const,
      answerAfterMs: 0,
    }));
    const master = await startMaster(test, { frameworks: refusing });
    // With any of these the program would not start, or not on the demo's own queue.
    const dotEnv = "REDIS_URL=redis://127.0.0.1:1\nREDIS_CLUSTER=true\nMESOS_MASTERS=http://127.0.0.1:1\n";
    const demo = await startOn(test, master, dotEnv);
    const { code, files, processes } = await demo.ended();
    test.expect(code, demo.out() + demo.err()).toBe(0);
    test.expect(demo.out()).toContain("2 machines are in mode DOWN");
    await expectOnlyForeign(test, master, demo);
    test.expect({ files, processes }).toEqual({ files: [], processes: [] });
  });

  test.concurrent.for([
    ["after the post", /the schedule holds/] as const,
    ["after Down", /machines are in mode DOWN/] as const,
  ])("Ctrl-C %s gives back what the demo took out of service at a real master", async ([, words], test) => {
    const master = await startMaster(test);
    const demo = await startOn(test, master);
    await demo.prints(words);
    demo.interrupt();
    const { code, files, processes } = await demo.ended();
    await expectOnlyForeign(test, master, demo);
    test.expect(code).toBe(130);
    test.expect({ files, processes }).toEqual({ files: [], processes: [] });
  });

  test.concurrent("a demo that cannot bring its machines up prints them with the call to send, and keeps its queue", async (test) => {
    const master = await startMaster(test);
    // However late the program is killed, it has not brought them up by then.
    master.fault("STOP_MAINTENANCE", { kind: "hang_before" });
    const demo = await startOn(test, master);
    await demo.prints(/machines are in mode DOWN/);
    demo.killProgram();
    demo.interrupt();
    const { code, files } = await demo.ended();
    test.expect(code).toBe(130);
    test.expect(demo.out()).toContain("Down: web-01 (10.20.1.11), web-02 (10.20.1.12)");
    test.expect(files).toHaveLength(1);
    master.clearFaults();
    await sendPrinted(demo);
    await expectOnlyForeign(test, master, demo);
  });
});

/** Sends what the demo says is to be sent. */
async function sendPrinted(demo: PlayedDemo): Promise<void> {
  const printed = [...demo.out().matchAll(/^curl .* -d '(.*)' (\S+\/api\/v1)$/gm)];
  for (const [, body = "", url = ""] of printed) await send(url, body);
}
