import { expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

const engine = useEngine();

const UNKNOWN =
  /There is no record of m-zzzzz\. The history of c1 reaches back to \d{4}-\d\d-\d\d \d\d:\d\d UTC\./;

test.each(["history", "status", "cancel", "up", "down", "hold", "go-on"])(
  "%s of an id that is not kept says how far back the history reaches, and not that it never was (invariant 13)",
  async (verb) => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    await cluster.type(ALICE, `cancel ${maintenance.id}`);
    await maintenance.root(/· cancelled/);
    await cluster.until("it is in the history", async () => (await cluster.records.kept()).finished === 1);
    await cluster.type(BOB, `${verb} m-zzzzz`);
    expect(await cluster.told(BOB, UNKNOWN)).toContain("Nothing was done.");
  },
);

test("a refused drain is found by its id and listed, and what is decided on it is answered as of one that has ended", async () => {
  const cluster = await engine().cluster({ policy: { requireReason: true } });
  await cluster.type(ALICE, "drain web-01 2h");
  const id = /m-\w+/.exec(await cluster.told(ALICE, /require_reason wants a reason/))?.[0] ?? "";
  await cluster.until("it is kept apart", async () => {
    const gone = (await cluster.records.queue.getJob(id)) === undefined;
    return gone && (await cluster.records.kept()).refused === 1;
  });
  await cluster.type(BOB, `history ${id}`);
  await cluster.told(BOB, new RegExp(`${id} was refused`));
  await cluster.type(ALICE, "history");
  await cluster.told(ALICE, /Refused: 1 drain\./);
  await cluster.type(BOB, `cancel ${id}`);
  expect(await cluster.told(BOB, /failed/)).toContain(id);
  expect(await cluster.records.find(id)).toMatchObject({ end: { phase: "failed" } });
});

test("the history comes as a CSV file into the direct messages of who asks for it", async () => {
  const cluster = await engine().cluster();
  const maintenance = await cluster.drain("web-01 2h");
  await maintenance.question();
  await cluster.type(ALICE, "history --csv");
  await cluster.told(ALICE, /comes as a file into your direct messages/);
  const file = await cluster.until("the file", () =>
    engine().slack.files.find(({ name }) => name === `${cluster.name}-history.csv`),
  );
  expect(file.text).toContain(`\r\n${maintenance.id},${cluster.name},web-01,web-01,`);
});
