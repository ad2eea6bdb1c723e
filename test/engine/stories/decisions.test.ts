import { describe, expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB, CAROL } from "../support/people.js";

/** Nobody else looks him up. */
const DAVE = "U04DAVE";

describe("a decision that comes too late or from the wrong person", () => {
  const engine = useEngine();

  test("an approval of the requester or of a person who is no approver is refused (invariant 6)", async () => {
    const cluster = await engine().cluster({ policy: { approvers: [ALICE, BOB] } });
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    expect((await maintenance.question()).text).toMatch(
      /Who may answer +@bob, but not @alice, who asked for it · one approval is enough/,
    );
    await maintenance.click(ALICE, "approve");
    await cluster.told(ALICE, /somebody else has to approve/);
    await maintenance.click(CAROL, "approve");
    await cluster.told(CAROL, /You are not an approver of .*Who may approve: @alice, @bob/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine,/);
  });

  test("a guest does not approve, nor anybody while Slack cannot be asked whose account it is (invariant 6)", async () => {
    const { webApi } = engine();
    webApi.people.set(CAROL, { is_restricted: true });
    const cluster = await engine().cluster({ policy: { approvers: [BOB, CAROL, DAVE] } });
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    await maintenance.click(CAROL, "approve");
    await cluster.told(CAROL, /members_only is on.*you are a guest/);
    webApi.always("users.info", { error: "missing_scope" });
    await maintenance.click(DAVE, "approve");
    await cluster.told(DAVE, /Slack could not be asked.*users:read/);
    webApi.always("users.info", null);
    webApi.people.delete(CAROL);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine,/);
  });

  test("a click on Approve after a deny takes nothing down, and Down is asked for anew when a person wants it", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    const { message, value } = await maintenance.button("approve");
    await maintenance.click(BOB, "deny");
    await maintenance.thread(/@bob denied Down/);
    await cluster.click(CAROL, value);
    await cluster.told(CAROL, /@bob has already denied this\. Nothing was changed/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    const settled = maintenance.threadNow().find((one) => one.ts === message.ts);
    expect(settled?.text).toMatch(/Denied by @bob/);
    expect(settled?.buttons).toEqual([]);

    await cluster.type(ALICE, `down ${maintenance.id}`);
    await cluster.told(ALICE, /approval is asked for in the thread/);
    expect((await maintenance.question()).ts).not.toBe(message.ts);
    await maintenance.click(CAROL, "approve");
    await maintenance.thread(/Down: 1 machine,/);
  });

  test("a click on Approve takes nothing down once the question has expired", async () => {
    const cluster = await engine().cluster({ policy: { approvalTtlMs: 1_000 } });
    const maintenance = await cluster.drain("web-01 2h");
    await maintenance.thread(/Take 1 machine down\?/);
    const at = { batch: "b1", approval: "b1a1" };
    const message = await maintenance.thread(/nobody approved Down in time/);
    expect(message).toContain("Nothing was taken down");
    await cluster.click(BOB, { v: 1, id: maintenance.id, decision: { kind: "approve", ...at } });
    const told = await cluster.told(BOB, /this question has expired/);
    expect(told).toContain(`/mesos down ${maintenance.id}`);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
  });

  test("a click on Approve takes nothing down after a cancel", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    const { message, value } = await maintenance.button("approve");
    await cluster.type(ALICE, `cancel ${maintenance.id}`);
    await maintenance.root(/Cancelled/);
    await cluster.click(BOB, value);
    await cluster.told(BOB, /has ended \(it ended as cancelled/);
    expect(maintenance.threadNow().find((one) => one.ts === message.ts)?.buttons).toEqual([]);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    expect(cluster.master.state().schedule.windows).toEqual([]);
  });

  test("a cancel cannot call a Down back, and says how to undo it", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    cluster.master.fault("START_MAINTENANCE", { kind: "hang_before" });
    await maintenance.click(BOB, "approve");
    await cluster.received("START_MAINTENANCE");
    await cluster.type(ALICE, `cancel ${maintenance.id}`);
    await cluster.givesUp();
    const told = await cluster.told(ALICE, /is being taken down right now; that cannot be called back/);
    expect(told).toContain(`/mesos up ${maintenance.id}`);
    await maintenance.thread(/Down: 1 machine,/);
    expect(cluster.calls("START_MAINTENANCE", "accepted")).toBe(1);
    await cluster.type(ALICE, `cancel ${maintenance.id}`);
    await cluster.told(ALICE, /is down, so Cancel is not possible now.*\n.*\n.*\/mesos up/);
  });

  test("a decision that comes too early is answered with what to do instead, and an unknown id with that", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    await cluster.type(ALICE, `up ${maintenance.id}`);
    await cluster.told(ALICE, /is awaiting approval: its machines are not down/);
    await cluster.type(ALICE, `down ${maintenance.id}`);
    await cluster.told(ALICE, /already asked for; the question stands in the thread/);
    for (const verb of ["down", "up", "cancel", "status"]) {
      await cluster.type(ALICE, `${verb} m-zzzzz`);
      await cluster.told(ALICE, /There is no record of m-zzzzz/);
    }
    expect(cluster.calls("STOP_MAINTENANCE")).toBe(0);
  });

  test("an approval after the picture got worse is not carried out but asked for again (invariant 5)", async () => {
    const cluster = await engine().cluster({
      master: {
        frameworks: [{ name: "marathon", habit: "silent", tasks: [{ name: "api", on: "web-02" }] }],
      },
    });
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    const { message } = await maintenance.button("approve");
    cluster.master.launchTask("marathon", "web-01", "billing");
    await maintenance.click(BOB, "approve");
    await cluster.told(BOB, /The picture got worse.*task billing of marathon is now on web-01/);
    await maintenance.thread(/was not carried out/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    const next = await maintenance.question();
    expect(next.ts).not.toBe(message.ts);
    expect(next.text).toMatch(/Will be lost: 1 task \(marathon 1\)/);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine, 1 task lost/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
  });
});
