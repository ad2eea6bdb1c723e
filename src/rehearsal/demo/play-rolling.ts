import type { Installation } from "./installation.js";
import { ALICE, allText, BOB, hasButton, idIn, type Narrator, stageOf } from "./stage.js";
import { until } from "./until.js";

/**
 * Two people play a drain of a rehearsal cluster in three batches, one rack after another. Nobody waits for the windows: a
 * person may ask for a batch as soon as it is its turn.
 */
export async function playRolling(installation: Installation, narrator: Narrator): Promise<void> {
  const stage = stageOf(installation, narrator);
  await stage.type(ALICE, 'drain all 2h --batch @rack --horizon 3 --confirm 12 --reason "kernel update"');
  const root = await stage.root();
  const id = idIn(root);
  await stage.inThread("that all windows are posted", /Scheduled.*batch 3 of 3/);
  const starts = await stage.atMaster("three windows", ({ schedule: { windows } }) => {
    return windows.length === 3 && windows.map(({ start }) => start);
  });
  await narrator.seen(`${starts.length} windows in one post, one after another`);
  for (const number of [1, 2, 3]) {
    const batch = `batch ${number} of 3`;
    const turn = await stage.inSlack(
      `that it is the turn of ${batch}`,
      (m) =>
        hasButton(m, "approve") ||
        (m.ts === root.ts && hasButton(m, "ask_down") && allText(m).includes(`${number - 1} of 3 batches`)),
    );
    if (!hasButton(turn, "approve")) await stage.press(ALICE, turn, "Ask for Down", "ask_down");
    const question = await until(`the question of ${batch}`, stage.openQuestion);
    await stage.press(BOB, question, "Approve Down", "approve");
    await stage.inThread(`that ${batch} is down`, new RegExp(`Down.*${batch}`));
    const down = await stage.atMaster(
      `${batch} Down`,
      ({ status }) => status.down.length === 4 && status.down,
    );
    await narrator.seen(`${batch}: ${down.length} machines are Down, the others are not`);
    await stage.type(ALICE, `up ${id}`);
    await stage.inThread(`that ${batch} is up`, new RegExp(`Up.*${batch}`));
    await stage.atMaster(
      "no machine Down and all agents registered again",
      ({ status, agents }) => status.down.length === 0 && agents.length === 12,
      30_000,
    );
    await narrator.seen(`${batch}: all agents are back`);
  }
  await stage.inSlack(
    "the end on the maintenance's message",
    (m) => m.ts === root.ts && /Back in service/.test(allText(m)),
  );
}
