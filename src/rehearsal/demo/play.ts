import type { World } from "../../maintenance/cluster/world.js";
import type { LocalMessage } from "../local-slack/local-slack.js";
import type { Installation } from "./installation.js";
import type { DemoOptions } from "./options.js";
import { until } from "./until.js";

interface Person {
  readonly id: string;
  readonly name: string;
}

const ALICE: Person = { id: "U01ALICE", name: "alice" };

const BOB: Person = { id: "U02BOB", name: "bob" };

/** Tells what people do, and what was seen at the master. */
export interface Narrator {
  does(who: string, what: string): Promise<void>;
  seen(what: string): Promise<void>;
}

/**
 * Two people play one maintenance from the command to `up`. Each step is awaited both in Slack and at the master; the
 * first that is not seen is thrown.
 */
export async function play(
  installation: Installation,
  options: DemoOptions,
  narrator: Narrator,
): Promise<void> {
  const { slack, channel, master, rehearsal } = installation;
  const { hosts } = options;
  const type = async (who: Person, text: string) => {
    await narrator.does(who.name, `/mesos ${text}`);
    await slack.command({ channel, user: who.id, text });
  };
  const press = async (who: Person, message: LocalMessage, label: string, action: string) => {
    await narrator.does(who.name, `[${label}]`);
    await slack.interact({ channel, messageTs: message.ts, user: who.id, action });
  };
  const inSlack = (what: string, wanted: (message: LocalMessage) => boolean) =>
    until(what, async () => (await slack.messages(channel)).find(wanted));
  const inThread = (what: string, words: RegExp) =>
    inSlack(`${what} in the thread`, (m) => isReply(m) && words.test(allText(m)));
  const told = (who: Person, what: string, words: RegExp) =>
    inSlack(what, (m) => m.ephemeral_to === who.id && words.test(allText(m)));
  const atMaster = <T>(what: string, look: (world: World) => T | null | false, limitMs?: number) =>
    until(`${what} at the master`, async () => look(await master.snapshot()), limitMs);

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
  const root = await inSlack(
    "the maintenance's message in the channel",
    (m) => !isReply(m) && m.ephemeral_to === undefined && /m-[a-z0-9]+ · Drain/.test(allText(m)),
  );
  const id = /m-[a-z0-9]+/.exec(allText(root))?.[0] ?? "";
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

  const openQuestion = async () =>
    (await slack.messages(channel)).findLast((m) => isReply(m) && hasButton(m, "approve"));
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

function isReply(message: LocalMessage): boolean {
  return (
    message.thread_ts !== undefined && message.thread_ts !== message.ts && message.ephemeral_to === undefined
  );
}

function hasButton(message: LocalMessage, action: string): boolean {
  return message.blocks.some((block) =>
    block.elements?.some((element) => element.action_id?.startsWith(action)),
  );
}

function allText(message: LocalMessage): string {
  return `${message.text}\n${JSON.stringify(message.blocks)}`;
}

function tasksOn(world: World, hostnames: readonly string[]): number {
  const agents = new Set(
    world.agents
      .filter((agent) => hostnames.includes(agent.machine.hostname.toLowerCase()))
      .map((agent) => agent.id),
  );
  return world.tasks.filter((task) => agents.has(task.agentId)).length;
}
