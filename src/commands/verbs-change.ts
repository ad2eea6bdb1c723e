import type { Decision } from "../maintenance/decisions/table.js";
import { typedSpan } from "../maintenance/time.js";
import type { DecisionCommand } from "./command.js";
import { readConfirmed, readDeadline, readGrace, readKill, readUp } from "./drain-options.js";
import { readRoll } from "./roll-options.js";
import type { Verb } from "./verb.js";
import { readAnnounce, readExtension, readWindow } from "./window-span.js";

/** Verbs that change something, in the order of a maintenance's life. */
export const CHANGING: readonly Verb[] = [
  {
    name: "drain",
    takes: "<hosts> [duration]",
    summary: "announce a maintenance; frameworks are asked to leave",
    details: [
      "Opens a maintenance: the machines get a window in the master's schedule, and every framework is asked to move its tasks away. Nothing is stopped.",
      "Without a duration it lasts as long as the cluster's default says.",
      "A time without an offset is one of your own time zone, as Slack knows it. Where a day is left out it is the first such time to come, and then nothing is queued yet: the bot says which time it is, and the line with it can be sent by a button.",
      "With --dry-run nothing is done: it shows the machines, or each batch with its window, which tasks, last running copies and volumes would go away with them, and what the policy says.",
      "With --batch the machines go down one batch after another, each with a window and an approval of its own: the next one when the one before is back. All windows are announced at once, or with --horizon those of the next batches only.",
      "With --kill the master kills what runs there (DRAIN_AGENT) before the window is posted: somebody has to approve that, and Down after it. It cannot be taken back.",
      "With --run the worker runs that runbook once the machines of a batch are Down; the question for Down shows it, and to approve the Down is to approve that run. With --dry-run its inventory and its input are shown.",
      "With --up auto the machines come back by themselves after the success of the runbook, without one when the window ends, unless somebody holds the maintenance; otherwise a person asks for Up.",
      "A deadline says what happens to machines that are not empty by then. Force has to be allowed by the policy, and still needs an approval.",
    ],
    options: [
      "reason",
      "ticket",
      "in",
      "at",
      "until",
      "announce",
      "batch",
      "canary",
      "horizon",
      "approve",
      "deadline",
      "then",
      "kill",
      "run",
      "up",
      "override",
      "confirm",
      "dry-run",
      "cluster",
    ],
    examples: [
      "drain web-* 4h",
      'drain web-01,web-02 90m --reason "kernel update" --ticket OPS-812',
      "drain web-* 4h --dry-run",
      "drain web-* 4h --in 2h --deadline 1h --then release",
      "drain @rack=r1:!web-01 1h30m",
      "drain web-* 2h --batch 5 --canary 1",
      "drain web-* 2h --batch @rack",
      "drain web-* 2h --batch @rack --canary 1 --approve canary",
      "drain web-* 2h --batch 5 --up auto",
      "drain web-* 4h --kill 5m",
      "drain web-* 4h --run kernel-update",
      "drain web-[01:06] 4h",
      "drain web-* --at 22:00 --until 06:00",
      'drain web-* 4h --at "tomorrow 22:00" --announce 2h',
    ],
    elsewhere: ["maintain", "schedule-down"],
    read(args) {
      const hosts = args.hosts();
      const cluster = args.cluster();
      const { startMs, durationMs, isGiven } = readWindow(args, cluster);
      args.end();
      return {
        verb: "drain",
        cluster: cluster.name,
        hosts,
        durationMs,
        hasDuration: isGiven,
        startMs,
        announceMs: readAnnounce(args, startMs),
        reason: args.option("reason"),
        ticket: args.option("ticket"),
        deadline: readDeadline(args, durationMs),
        roll: readRoll(args),
        kill: readKill(args, isGiven),
        up: readUp(args),
        run: args.option("run"),
        override: args.option("override"),
        confirmed: readConfirmed(args),
        dryRun: args.flag("dry-run"),
      };
    },
  },
  {
    name: "adopt",
    takes: "<hosts>",
    summary: "look after machines that are out of service already",
    details: [
      "For machines that are Down, or drain in a window, and belong to no open maintenance: their maintenance was lost with the queue, or another tool took them out. Nothing is posted. Those that are Down go on with Up and the wait for their agents, those that drain with the question for Down.",
      "A master does not tell whose a window is. It may be that of another team or of another installation of the bot, so the number of machines has to be confirmed.",
      "What is adopted together stands in one window, and is all Down or all draining. Who may ask for a drain may adopt.",
    ],
    options: ["reason", "ticket", "confirm", "cluster"],
    examples: ["adopt web-01,web-02 --confirm 2", 'adopt web-* --confirm 6 --reason "the queue was lost"'],
    elsewhere: ["claim", "takeover", "take-over", "import"],
    read(args) {
      const hosts = args.hosts();
      const cluster = args.cluster();
      args.end();
      return {
        verb: "adopt",
        cluster: cluster.name,
        hosts,
        reason: args.option("reason"),
        ticket: args.option("ticket"),
        confirmed: readConfirmed(args),
      };
    },
  },
  {
    name: "down",
    takes: "<hosts | id>",
    summary: "ask for approval to take draining machines down",
    details: [
      "Asks in the maintenance's thread. Once somebody approved, the master stops the agents on these machines, and the tasks that are left are lost.",
      "The machines must be draining. Of several batches it is the one whose turn it is; the hosts of one batch mean that batch.",
      "With --override it may go on outside the policy's calendar, or over a budget for which it waits. That approves nothing by itself.",
    ],
    options: ["override", "cluster"],
    examples: ["down m-7k3q2", "down web-01,web-02", 'down m-7k3q2 --override "the disk is failing"'],
    elsewhere: ["shutdown", "poweroff"],
    read(args) {
      const on = args.targetAlone();
      const override = args.option("override");
      const rest = override === null ? "" : ` --override ${inQuotes(override)}`;
      return { ...decided("down", on, { kind: "ask_down", batch: null }), override, rest };
    },
  },
  {
    name: "kill-drain",
    takes: "<hosts | id> [duration]",
    summary: "ask for approval to have the master kill what stays on draining machines",
    details: [
      "Asks in the maintenance's thread. Once approved, the machines leave the schedule, the master kills their tasks (DRAIN_AGENT, Mesos 1.9), and then the window is posted again and Down is asked for. It cannot be taken back.",
      "Tasks that do not say it themselves get the duration to end. Some frameworks do not start killed tasks again, though they would after Down: the question names those that are known.",
    ],
    options: ["cluster"],
    examples: ["kill-drain m-7k3q2", "kill-drain m-7k3q2 5m"],
    elsewhere: ["hard-drain", "drain-agent"],
    read(args) {
      const on = args.on();
      const grace = args.next();
      const graceMs = grace === null ? null : readGrace(grace);
      args.end();
      const rest = graceMs === null ? "" : ` ${typedSpan(graceMs)}`;
      return { ...decided("kill-drain", on, { kind: "ask_kill_drain", batch: null, graceMs }), rest };
    },
  },
  {
    name: "up",
    takes: "<hosts | id>",
    summary: "bring machines that are down back into service",
    details: [
      "The master takes agents on these machines again, and their window is removed. Starting the agents is up to the machines.",
      "Of several batches the hosts of one mean that batch.",
    ],
    options: ["cluster"],
    examples: ["up m-7k3q2", "up web-0[1-3]"],
    elsewhere: ["reactivate"],
    read: (args) => decided("up", args.targetAlone(), { kind: "up" }),
  },
  {
    name: "cancel",
    takes: "<hosts | id>",
    summary: "give draining machines back; windows of others stay",
    details: [
      "Removes the window of our own maintenance from the schedule. Machines that are down need up instead.",
      "Of several batches it gives back all that are not down; for one of them there is skip.",
    ],
    options: ["cluster"],
    examples: ["cancel m-7k3q2", "cancel web-*"],
    elsewhere: ["undrain"],
    read: (args) => decided("cancel", args.targetAlone(), { kind: "cancel" }),
  },
  {
    name: "hold",
    takes: "<hosts | id> [reason]",
    summary: "stop a maintenance where it is; its window stays",
    details: [
      "Until it is released nothing is posted, asked, approved or taken down. Possible until the Down is sent to the master.",
      "What follows the hosts or the id is the reason; it needs no quotes.",
    ],
    options: ["reason", "cluster"],
    prose: true,
    examples: ["hold m-7k3q2", "hold m-7k3q2 kafka is still rebalancing"],
    elsewhere: ["pause", "wait", "freeze", "block", "suspend"],
    read(args) {
      const on = args.on();
      const reason = args.option("reason") ?? args.rest();
      args.end();
      return { ...decided("hold", on, { kind: "hold", reason }), rest: reason === null ? "" : ` ${reason}` };
    },
  },
  {
    name: "release",
    takes: "<hosts | id>",
    summary: "let a maintenance that is held go on",
    details: [
      "Whoever held it may, and so may the requester, approvers and admins; an owner's hold is for owners and admins to release.",
      "To give machines back instead, use cancel.",
    ],
    options: ["cluster"],
    examples: ["release m-7k3q2"],
    elsewhere: ["unhold", "unpause", "unfreeze"],
    read: (args) => decided("release", args.targetAlone(), { kind: "release" }),
  },
  {
    name: "move",
    takes: "<hosts | id>",
    summary: "ask whether Marathon's tasks are to be moved to other machines",
    details: [
      "For Marathons whose address the clusters file has. Once somebody approves, tasks are killed one after another, so that each app keeps as many healthy as it asks for; Marathon starts others.",
      "Apps that need all of their instances, pods, and tasks with volumes stay, and the question says so.",
    ],
    options: ["cluster"],
    examples: ["move m-7k3q2"],
    elsewhere: ["migrate", "move-tasks"],
    read: (args) => decided("move", args.targetAlone(), { kind: "ask_move", batch: null }),
  },
  {
    name: "go-on",
    takes: "<hosts | id>",
    summary: "go on with batches that a rule has stopped, or with what nobody had looked after",
    details: [
      "In spite of what the rule saw, which stands on the card; it does not stop that batch again. It approves nothing.",
      "Where nobody had looked after a maintenance for long (`unwatched_after`): from what the master shows now.",
      "The requester, approvers and admins may.",
    ],
    options: ["cluster"],
    examples: ["go-on m-7k3q2"],
    elsewhere: [],
    read: (args) => decided("go-on", args.targetAlone(), { kind: "go_on", batch: null }),
  },
  {
    name: "skip",
    takes: "<hosts | id>",
    summary: "give the next batch back without taking it down; the others go on",
    details: [
      "The batch whose turn it is, as long as it is not Down. Its windows leave the schedule in one post.",
    ],
    options: ["cluster"],
    examples: ["skip m-7k3q2"],
    elsewhere: ["omit", "skip-batch"],
    read: (args) => decided("skip", args.targetAlone(), { kind: "skip", batch: null }),
  },
  {
    name: "leave-behind",
    takes: "<hosts | id>",
    summary: "go on with the next batch though agents of the one before are not back",
    details: [
      "Their machines get a maintenance of their own, with an id, a card and a thread, which waits for the agents.",
    ],
    options: ["cluster"],
    examples: ["leave-behind m-7k3q2"],
    elsewhere: [],
    read: (args) => decided("leave-behind", args.targetAlone(), { kind: "leave_behind", batch: null }),
  },
  {
    name: "retry-run",
    takes: "<hosts | id>",
    summary: "run the runbook of a maintenance again on machines that are down",
    details: [
      "After a run that failed, was stopped or got lost; also for the first one where it did not come with the approval of the Down. It is run as the clusters file has it now.",
      "Only who may use the runbook can ask for it.",
    ],
    options: ["cluster"],
    examples: ["retry-run m-7k3q2"],
    elsewhere: ["rerun", "run-again"],
    read: (args) => decided("retry-run", args.targetAlone(), { kind: "retry_run", run: null }),
  },
  {
    name: "stop-run",
    takes: "<hosts | id>",
    summary: "stop the runbook of a maintenance; its machines stay down",
    details: ["Ends it with the processes of it that the worker can find. Anybody may."],
    options: ["cluster"],
    examples: ["stop-run m-7k3q2"],
    elsewhere: ["kill-run", "cancel-run", "abort-run"],
    read: (args) => decided("stop-run", args.targetAlone(), { kind: "stop_run", run: null }),
  },
  {
    name: "leave-down",
    takes: "<hosts | id>",
    summary: "leave machines down after a runbook that came to nothing",
    details: ["Nothing more is asked; bring them back with up when they are ready."],
    options: ["cluster"],
    examples: ["leave-down m-7k3q2"],
    elsewhere: ["keep-down"],
    read: (args) => decided("leave-down", args.targetAlone(), { kind: "leave_down", run: null }),
  },
  {
    name: "extend",
    takes: "<hosts | id> <duration>",
    summary: "make the window of a maintenance longer",
    details: [
      "The duration is added to the end of the window. A change of the schedule makes the master forget all answers, so frameworks are asked again.",
    ],
    options: ["cluster"],
    examples: ["extend m-7k3q2 1h", "extend m-7k3q2 90m"],
    elsewhere: ["prolong", "lengthen", "longer"],
    read(args) {
      const on = args.on();
      const byMs = readExtension(args);
      args.end();
      return { ...decided("extend", on, { kind: "extend", byMs }), rest: ` ${typedSpan(byMs)}` };
    },
  },
];

/** The command of a verb that decides on one maintenance. */
function decided(
  verb: string,
  on: Pick<DecisionCommand, "cluster" | "target">,
  decision: Decision,
): DecisionCommand {
  return { verb, ...on, decision, override: null, rest: "" };
}

/** A text of several words as it is typed: in the quotes that it does not hold itself. */
function inQuotes(text: string): string {
  const quote = text.includes('"') ? "'" : '"';
  return `${quote}${text}${quote}`;
}
