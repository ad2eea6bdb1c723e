import { expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

const engine = useEngine();

const RUNBOOK = "see /mesos up in the runbook";

/** Our own words, without what people wrote. */
const ours = (text: string) => text.replaceAll(RUNBOOK, "");

test("help and corrected lines say /maint where the workspace calls the command so", async () => {
  const cluster = await engine().cluster({ command: "/maint" });
  await cluster.type(ALICE, "help drain");
  expect(await cluster.told(ALICE, "/maint drain <hosts>")).not.toContain("/mesos");
  await cluster.type(ALICE, `drian web-01 1h --reason "${RUNBOOK}"`);
  const mistake = await cluster.told(ALICE, "Copy the line below");
  expect(mistake).toContain(`/maint drain web-01 1h --reason "${RUNBOOK}"`);
  expect(ours(mistake)).not.toContain("/mesos");
  // Pasted whole, behind the command that is typed already.
  await cluster.type(ALICE, "/maint help drain");
  await cluster.told(ALICE, "/maint drain <hosts>");
});

test("a maintenance says /maint to everybody where its requester typed that, and what people wrote as they wrote it", async () => {
  const cluster = await engine().cluster({ command: "/maint" });
  const maintenance = await cluster.drain(`web-01 1h --reason "${RUNBOOK}"`);
  await maintenance.root(RUNBOOK);
  await maintenance.question();
  await cluster.type(ALICE, `hold ${maintenance.id} ${RUNBOOK}`);
  await maintenance.thread(`holds: ${RUNBOOK}`);
  await cluster.type(BOB, `status ${maintenance.id}`);
  const status = await cluster.told(BOB, maintenance.id);
  expect(status).toContain(`for ${RUNBOOK}`);
  expect(status).toContain(`/maint release ${maintenance.id}`);
  await cluster.type(BOB, `history ${maintenance.id}`);
  expect(await cluster.told(BOB, "held it")).toContain(`held it: ${RUNBOOK}`);
  await maintenance.click(ALICE, "release");
  await maintenance.click(BOB, "approve");
  await maintenance.thread(`/maint up ${maintenance.id}`);
  expect(
    cluster
      .messages()
      .map(({ text }) => ours(text))
      .filter((text) => text.includes("/mesos")),
  ).toEqual([]);
  expect(cluster.messages()[0]?.buttons[0]?.command).toBe("/maint");
});
