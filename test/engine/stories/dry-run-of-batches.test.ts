import { expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { ALICE } from "../support/people.js";

const engine = useEngine();

test("a dry run that would be refused shows the batches all the same, and tells what goes away batch by batch", async () => {
  const cluster = await engine().cluster();
  await cluster.type(ALICE, "drain web-0[1-6] 7d --batch 2 --dry-run");
  const refused = await cluster.told(ALICE, /It would be refused: .*max_span/);
  expect(refused).toContain("They would go down in 3 batches, one after another.");
  expect(refused).toMatch(/ 3 {2}- +- +0 {2}web-05, web-06/);
  await cluster.type(ALICE, "drain web-0[1-6] 2h --batch @nosuch --dry-run");
  expect(await cluster.told(ALICE, /no attribute nosuch/)).not.toContain("BATCH");
  expect(cluster.master.state().schedule.windows).toEqual([]);
});

test("a duration is called the default where none was typed, and not where it only equals the default", async () => {
  const cluster = await engine().cluster();
  const told = async (line: string) => {
    await cluster.type(ALICE, `drain web-01 ${line} --dry-run`);
    return await cluster.told(ALICE, /The window would be/);
  };
  const usual = await told("");
  expect(usual).toMatch(/\([\d a-z]+, the default of c1\)/);
  const span = /\(([\d a-z]+), the default/.exec(usual)?.[1]?.replaceAll(" ", "") ?? "";
  expect(await told(span)).not.toContain("the default");
});

test("the clusters are told with their channels, as Slack draws a channel", async () => {
  const cluster = await engine().cluster();
  await cluster.type(ALICE, "clusters");
  expect(await cluster.told(ALICE, /One cluster is configured/)).toMatch(
    /c1 is shown in (?:<#|#|the channel )C/,
  );
});
