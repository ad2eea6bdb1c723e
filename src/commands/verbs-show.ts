import type { Arguments } from "./arguments.js";
import { Mistake } from "./mistake.js";
import type { Verb } from "./verb.js";
import { readSpan } from "./window-span.js";

/** Verbs that only show something. */
export const SHOWING: readonly Verb[] = [
  {
    name: "status",
    takes: "[hosts | id]",
    summary: "what is open, and how far it is",
    details: [
      "Without hosts or an id: all open maintenances of the cluster, or of all clusters where none is meant.",
    ],
    options: ["cluster"],
    examples: ["status", "status m-7k3q2", "status web-*"],
    elsewhere: ["list", "ls", "show", "ps", "info", "state", "get"],
    read(args) {
      if (args.done()) return { verb: "status", cluster: args.clusterIfAny(), target: null };
      return { verb: "status", ...args.targetAlone() };
    },
  },
  {
    name: "schedule",
    takes: "[cluster]",
    summary: "every window in the master's schedule, and whose it is",
    details: [
      "Shows the windows of others as well as our own, one line each, with the state of their machines. Machines that are away at the same time, and that the same maintenance looks after, stand together.",
      "The same comes as a picture into your direct messages with the bot: a time line in your time zone, with up to 30 windows, the closed hours of the calendar, and now.",
    ],
    options: ["cluster"],
    examples: ["schedule"],
    elsewhere: ["windows", "calendar", "timetable"],
    read: (args) => ({ verb: "schedule", cluster: args.clusterAlone().name }),
  },
  {
    name: "history",
    takes: "[names | id]",
    summary: "what was asked for and how it ended, or everything that happened in one",
    details: [
      "Without names or an id: open maintenances, the newest finished ones and refused drains of the cluster, or of all clusters where none is meant.",
      "With names of machines (* and ? in them, commas between) or an option, all that are kept are looked through.",
      "With --csv the same comes as a file into your direct messages with the bot, with all that is kept and times in UTC.",
      "With an id: its log, with every vote, refusal and reason; any that is kept, also where the list does not show it.",
    ],
    options: ["cluster", "by", "since", "refused", "csv"],
    examples: [
      "history",
      "history m-7k3q2",
      "history web-* --since 7d",
      "history --by me",
      "history --refused",
      "history --since 30d --csv",
    ],
    elsewhere: ["log", "logs", "audit", "events", "past"],
    read(args) {
      const target = args.done() ? null : args.target();
      args.end();
      const id = target?.kind === "id" ? target.id : null;
      return {
        verb: "history",
        cluster: id === null ? args.clusterIfAny() : args.namedCluster(),
        id,
        hosts: target?.kind === "hosts" ? namesIn(target.hosts) : null,
        by: args.option("by"),
        sinceForMs: readSince(args),
        refused: args.flag("refused"),
        csv: args.flag("csv"),
      };
    },
  },
  {
    name: "hosts",
    takes: "<hosts>",
    summary: "which machines a pattern stands for; changes nothing",
    details: ["Shows the machines, names that matched nothing, and hosts that the master does not know."],
    options: ["cluster"],
    examples: ["hosts web-*", "hosts all", "hosts zone=eu-1a:&@rack=r1", "hosts db-*:kafka-01"],
    elsewhere: ["agents", "machines", "nodes", "slaves", "match", "preview"],
    read(args) {
      const hosts = args.hosts();
      const cluster = args.cluster();
      args.end();
      return { verb: "hosts", cluster: cluster.name, hosts };
    },
  },
  {
    name: "frameworks",
    takes: "[cluster]",
    summary: "every framework of the cluster: what it is, and how it takes maintenance",
    details: [
      "What frameworks did in finished maintenances comes first; what was read of their kind only explains it, and decides nothing.",
      "What a framework is stands in the clusters file, or is told by the signs of docs/frameworks.md.",
    ],
    options: ["cluster"],
    examples: ["frameworks"],
    elsewhere: ["schedulers", "apps"],
    read: (args) => ({ verb: "frameworks", cluster: args.clusterAlone().name }),
  },
  {
    name: "clusters",
    takes: "[cluster]",
    summary: "the clusters, and whether their masters answer",
    details: [],
    options: ["cluster"],
    examples: ["clusters"],
    elsewhere: ["masters", "leader"],
    read: (args) => ({ verb: "clusters", cluster: args.clusterNamedAlone() }),
  },
  {
    name: "help",
    takes: "[verb]",
    summary: "this list, or one verb in full",
    details: [],
    options: [],
    examples: ["help", "help drain"],
    elsewhere: ["man", "usage", "commands"],
    read(args) {
      const topic = args.word();
      args.end();
      return { verb: "help", topic: topic?.toLowerCase() ?? null };
    },
  },
];

/** Names with `*` and `?`: where machines of the past were, and in which groups, nobody knows any more. */
function namesIn(hosts: string): string {
  if (/[&!~@=[\]:|]/.test(hosts))
    throw new Mistake("history takes names or addresses with * and ?, and commas between.");
  return hosts === "all" ? "*" : hosts;
}

/** How far back a history is asked for, in ms; `null` where all of it is. */
function readSince(args: Arguments): number | null {
  const part = args.part("since");
  return part === null ? null : readSpan(part, "since");
}
