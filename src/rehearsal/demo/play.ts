import { type Machine, type MachineId, machineKey } from "../../maintenance/cluster/machine.js";
import type { World } from "../../maintenance/cluster/world.js";
import { list } from "../../maintenance/text/list.js";
import { standingAt } from "../../maintenance/window/ours.js";
import type { LocalMessage } from "../local-slack/local-slack.js";
import type { Installation } from "./installation.js";
import type { DemoOptions } from "./options.js";
import { downOf, sharedWindow } from "./own-machines.js";
import {
  ALICE,
  allText,
  BOB,
  hasButton,
  idIn,
  isReply,
  type Narrator,
  type Stage,
  stageOf,
} from "./stage.js";

/** A real master may have to be waited for: agents that register after a fail-over, a slow answer, a call in its queue. */
const REAL_LIMIT_MS = 180_000;

/** How long agents of a real cluster are waited for: whether anything starts them again is not the master's business. */
const AGENTS_LIMIT_MS = 60_000;

/**
 * Two people play one maintenance of these machines from the command to `up`. Each step is awaited both in Slack and at the
 * master; the first that is not seen is thrown. What frameworks do is awaited of the rehearsal master only: a real one need
 * not show an answer, a task that moves, or an agent that comes back.
 */
export async function play(
  installation: Installation,
  options: DemoOptions,
  machines: readonly Machine[],
  narrator: Narrator,
): Promise<void> {
  const { rehearsal } = installation;
  const limitMs = rehearsal === null ? REAL_LIMIT_MS : undefined;
  const stage = stageOf(installation, narrator, limitMs);
  const { type, press, inSlack, inThread, told, atMaster } = stage;
  const names = machines.map(({ hostname }) => hostname);

  await type(ALICE, `drain ${options.hosts} 4h --reason "kernel update"`);
  const root = await stage.root();
  const id = idIn(root);
  await inThread("what goes away with the machines", /What goes away/);
  await inThread("that the windows are posted", /Scheduled/);
  // The bot says that its window stands, so the one that its machines share is that.
  const time = await atMaster("the window", (world) => sharedWindow(world, machines));
  const standing = (world: World) => standingAt(world, { machines }, time);
  await narrator.seen(`the schedule holds a window for ${list(names)}`);
  const before = await atMaster("tasks on the machines", (world) => ({ count: tasksOn(world, machines) }));

  if (rehearsal !== null) {
    await inThread("the answers of the frameworks", /Answers/);
    const answers = await atMaster("answers to the inverse offers", (world) => {
      const all = world.status.draining.flatMap((entry) => entry.answers);
      return all.length > 0 && all;
    });
    await narrator.seen(`${answers.length} answers to inverse offers so far`);
    await atMaster("that the frameworks which promised have moved", (world) => tasksOn(world, machines) <= 2);
    await inThread("the tasks leaving", /[0-2] of \d+ tasks left/);
  }
  const left = await atMaster("the tasks that stay", (world) => ({ count: tasksOn(world, machines) }));
  await narrator.seen(`${left.count} of ${before.count} tasks are still on the machines`);

  const asked = await askForDown(stage, root);
  await press(ALICE, asked, "Approve Down", "approve");
  await told(ALICE, "that the requester may not approve", /somebody else has to approve/);
  if (rehearsal !== null) {
    // A task comes back after the question was asked: the approval of the old picture is refused, and asked anew.
    rehearsal.launchTask("batch", names[0] ?? "", "backfill");
    await narrator.does("batch", `starts backfill on ${names[0]}`);
    await press(BOB, asked, "Approve Down", "approve");
    await told(BOB, "that the old picture cannot be approved", /got worse/);
    await inThread("what got worse", /it got worse since the question/);
    await atMaster("no machine Down", (world) => downOf(world, machines).length === 0);
    await narrator.seen("nothing went down: the approval was for another picture");
  }
  const isDown = (world: World) => {
    const ours = downOf(world, standing(world));
    return ours.length === machines.length && ours;
  };
  const { down, approved } = await approve(stage, isDown, rehearsal === null ? null : asked);
  await inThread("who approved", /approved Down/);
  await inSlack("that the buttons are gone", (m) => m.ts === approved && !hasButton(m, "approve"));
  await inThread("that the machines are down", /Down:/);
  await narrator.seen(`${down.length} machines are in mode DOWN, their agents are gone`);

  await type(ALICE, `up ${id}`);
  await inThread("that the machines are up", /Up:/);
  await atMaster("no machine Down and no window left", (world) => standing(world).length === 0);
  await narrator.seen("no machine is Down and our window is gone from the schedule");
  try {
    await atMaster(
      "the agents registered again",
      (world) => agentsOn(world, machines).size === machines.length,
      rehearsal === null ? AGENTS_LIMIT_MS : undefined,
    );
  } catch (error) {
    if (rehearsal !== null) throw error;
    await narrator.seen(
      "not all agents have registered again yet: Mesos ends them on Down and starts them for nobody",
    );
    return;
  }
  await inThread("that all agents are back", /All are back/);
  await inSlack(
    "the end on the maintenance's message",
    (m) => m.ts === root.ts && /Back in service/.test(allText(m)),
  );
  await narrator.seen("all agents are registered again");
}

/** Asks for Down, unless the bot does first, and returns the question. */
async function askForDown({ press, inSlack }: Stage, root: LocalMessage): Promise<LocalMessage> {
  const next = await inSlack(
    "the question, or a button that asks for it",
    (m) => hasButton(m, "approve") || (m.ts === root.ts && hasButton(m, "ask_down")),
  );
  if (!hasButton(next, "approve")) await press(ALICE, next, "Ask for Down", "ask_down");
  return await inSlack("the question with its buttons", (m) => isReply(m) && hasButton(m, "approve"));
}

/**
 * Approves until the machines are Down, anew whenever it is asked anew: on a real cluster tasks come and go between question
 * and click. Returns what is Down, and the question whose approval counted.
 *
 * @param refused a question whose approval was refused already.
 */
async function approve(
  { press, openQuestion, atMaster }: Stage,
  isDown: (world: World) => readonly MachineId[] | false,
  refused: LocalMessage | null,
) {
  let approved = refused?.ts ?? "";
  return await atMaster("the machines Down", async (world) => {
    const down = isDown(world);
    if (down) return { down, approved };
    const question = await openQuestion();
    if (question === undefined || question.ts === approved) return null;
    await press(BOB, question, "Approve Down", "approve");
    approved = question.ts;
    return null;
  });
}

function agentsOn(world: World, machines: readonly Machine[]): Set<string> {
  const keys = new Set(machines.map(machineKey));
  return new Set(world.agents.map(({ machine }) => machineKey(machine)).filter((key) => keys.has(key)));
}

function tasksOn(world: World, machines: readonly Machine[]): number {
  const keys = new Set(machines.map(machineKey));
  const agents = new Set(
    world.agents.filter(({ machine }) => keys.has(machineKey(machine))).map((agent) => agent.id),
  );
  return [...world.tasks].filter((task) => agents.has(task.agentId)).length;
}
