import type { World } from "../../maintenance/cluster/world.js";
import type { LocalMessage } from "../local-slack/local-slack.js";
import type { Installation } from "./installation.js";
import type { DemoOptions } from "./options.js";
import { ALICE, allText, BOB, hasButton, idIn, type Narrator, stageOf } from "./stage.js";
import { until } from "./until.js";

/**
 * Two people play one maintenance from the command to `up`. Each step is awaited both in Slack and at the master; the
 * first that is not seen is thrown.
 */
export async function play(
  installation: Installation,
  options: DemoOptions,
  narrator: Narrator,
): Promise<void> {
  const { rehearsal } = installation;
  const { hosts } = options;
  const {
    type,
    press,
    inSlack,
    inThread,
    told,
    root: findRoot,
    openQuestion,
    atMaster,
  } = stageOf(installation, narrator);

  let machines: readonly string[] = [];
  /** A task comes back after the question was asked: the approval of the old picture is refused, and asked anew. */
  const approveTooLate = async (asked: LocalMessage) => {
    rehearsal?.launchTask("batch", machines[0] ?? "", "backfill");
    await narrator.does("batch", `starts backfill on ${machines[0]}`);
    await press(BOB, asked, "Approve Down", "approve");
    await told(BOB, "that the old picture cannot be approved", /got worse/);
    await inThread("what got worse", /it got worse since the question/);
    await atMaster("no machine Down", (world) => world.status.down.length === 0);
    await narrator.seen("nothing went down: the approval was for another picture");
    return await until("the new question", async () => {
      const newest = await openQuestion();
      return newest !== undefined && newest.ts !== asked.ts ? newest : null;
    });
  };

  await type(ALICE, `drain ${hosts} 4h --reason "kernel update"`);
  const root = await findRoot();
  const id = idIn(root);
  await inThread("what goes away with the machines", /What goes away/);
  await inThread("that the windows are posted", /Scheduled/);
  machines = await atMaster("the windows", (world) => {
    const draining = world.status.draining.map((entry) => entry.machine.hostname ?? "");
    return draining.length > 0 && draining;
  });
  await narrator.seen(`the schedule holds windows for ${machines.join(", ")}`);
  const before = await atMaster("tasks on the machines", (world) => ({ count: tasksOn(world, machines) }));

  await inThread("the answers of the frameworks", /Answers/);
  const answers = await atMaster("answers to the inverse offers", (world) => {
    const all = world.status.draining.flatMap((entry) => entry.answers);
    return all.length > 0 && all;
  });
  await narrator.seen(`${answers.length} answers to inverse offers so far`);
  if (options.master === null) {
    await atMaster("that the frameworks which promised have moved", (world) => tasksOn(world, machines) <= 2);
    await inThread("the tasks leaving", /[0-2] of \d+ tasks left/);
  }
  const left = await atMaster("the tasks that stay", (world) => ({ count: tasksOn(world, machines) }));
  await narrator.seen(`${left.count} of ${before.count} tasks are still on the machines`);

  if ((await openQuestion()) === undefined) await press(ALICE, root, "Ask for Down", "ask_down");
  let asked = await until("the question with its buttons", openQuestion);
  await press(ALICE, asked, "Approve Down", "approve");
  await told(ALICE, "that the requester may not approve", /somebody else has to approve/);
  if (rehearsal !== null) asked = await approveTooLate(asked);
  await press(BOB, asked, "Approve Down", "approve");
  await inThread("who approved", /approved Down/);
  await inSlack("that the buttons are gone", (m) => m.ts === asked.ts && !hasButton(m, "approve"));
  await inThread("that the machines are down", /Down:/);
  const down = await atMaster(
    "the machines Down",
    (world) => world.status.down.length >= machines.length && world.status.down,
  );
  await narrator.seen(`${down.length} machines are in mode DOWN, their agents are gone`);

  await type(ALICE, `up ${id}`);
  await inThread("that the machines are up", /Up:/);
  await atMaster("no machine Down and no window left", (world) => {
    const windows = world.schedule.windows.flatMap((window) =>
      window.machines.map((machine) => machine.hostname),
    );
    return world.status.down.length === 0 && !machines.some((machine) => windows.includes(machine));
  });
  await narrator.seen("no machine is Down and our windows are gone from the schedule");
  const back = options.master === null ? 30_000 : 600_000;
  await atMaster(
    "the agents registered again",
    (world) =>
      machines.every((name) => world.agents.some((agent) => agent.machine.hostname.toLowerCase() === name)),
    back,
  );
  await inThread("that all agents are back", /All are back/);
  await inSlack(
    "the end on the maintenance's message",
    (m) => m.ts === root.ts && /Back in service/.test(allText(m)),
  );
  await narrator.seen("all agents are registered again");
}

function tasksOn(world: World, hostnames: readonly string[]): number {
  const agents = new Set(
    world.agents
      .filter((agent) => hostnames.includes(agent.machine.hostname.toLowerCase()))
      .map((agent) => agent.id),
  );
  return world.tasks.filter((task) => agents.has(task.agentId)).length;
}
