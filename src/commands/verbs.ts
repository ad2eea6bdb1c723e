import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import type { OptionName } from "./options.js";

export interface Verb {
  readonly name: Command["verb"];
  /** What stands after the verb. */
  readonly takes: string;
  /** One line, lower case, for the list of verbs. */
  readonly summary: string;
  /** Sentences for the verb's own help. */
  readonly details: readonly string[];
  readonly options: readonly OptionName[];
  /** Whole lines without `/mesos`; every one of them parses. The first is shown with mistakes. */
  readonly examples: readonly string[];
  /** Words of other tools, which are answered with this verb but never taken for it. */
  readonly elsewhere: readonly string[];
  /** Reads the rest of the line. */
  read(args: Arguments): Command;
}

/** The whole language: the parser, the help and docs/commands.md are made from this table. */
export const VERBS: readonly Verb[] = [
  {
    name: "drain",
    takes: "<hosts> [duration]",
    summary: "announce a maintenance; frameworks are asked to leave",
    details: [
      "Opens a maintenance: the machines get a window in the master's schedule, and every framework is asked to move its tasks away. Nothing is stopped.",
      "Without a duration it lasts as long as the cluster's default says.",
    ],
    options: ["reason", "ticket", "cluster"],
    examples: [
      "drain web-* 4h",
      'drain web-01,web-02 90m --reason "kernel update" --ticket OPS-812',
      "drain @rack=r1:!web-03 1h30m --cluster prod",
      "drain prod web-[01:20] 4",
    ],
    elsewhere: ["maintain", "maintenance", "evacuate", "cordon", "schedule-down"],
    read(args) {
      const hosts = args.hosts();
      const cluster = args.cluster();
      const durationMs = args.duration(cluster);
      args.end();
      const reason = args.option("reason");
      return {
        verb: "drain",
        cluster: cluster.name,
        hosts,
        durationMs,
        reason,
        ticket: args.option("ticket"),
      };
    },
  },
  {
    name: "down",
    takes: "<hosts | id>",
    summary: "ask for approval to take draining machines down",
    details: [
      "Asks in the maintenance's thread. Once somebody approved, the master stops the agents on these machines, and the tasks that are left are lost.",
      "The machines must be draining.",
    ],
    options: ["cluster"],
    examples: ["down m-7k3q", "down web-01,web-02"],
    elsewhere: ["shutdown", "poweroff", "halt", "kill", "reboot"],
    read: (args) => ({ verb: "down", ...onTarget(args) }),
  },
  {
    name: "up",
    takes: "<hosts | id>",
    summary: "bring machines that are down back into service",
    details: [
      "The master takes agents on these machines again, and their window is removed. Starting the agents is up to the machines.",
    ],
    options: ["cluster"],
    examples: ["up m-7k3q", "up web-0[1-3]"],
    elsewhere: ["resume", "restore", "uncordon", "enable", "reactivate", "start"],
    read: (args) => ({ verb: "up", ...onTarget(args) }),
  },
  {
    name: "cancel",
    takes: "<hosts | id>",
    summary: "give draining machines back; windows of others stay",
    details: [
      "Removes the window of our own maintenance from the schedule. Machines that are down need up instead.",
    ],
    options: ["cluster"],
    examples: ["cancel m-7k3q", "cancel web-*"],
    elsewhere: ["undrain", "abort", "stop", "revert", "undo", "delete", "remove"],
    read: (args) => ({ verb: "cancel", ...onTarget(args) }),
  },
  {
    name: "status",
    takes: "[hosts | id]",
    summary: "what is open, and how far it is",
    details: [
      "Without hosts or an id: all open maintenances of the cluster, or of all clusters where none is meant.",
    ],
    options: ["cluster"],
    examples: ["status", "status m-7k3q", "status web-* --cluster prod", "status prod"],
    elsewhere: ["list", "ls", "show", "ps", "info", "state", "get"],
    read(args) {
      const named = args.onlyCluster();
      if (named !== null) return { verb: "status", cluster: named, target: null };
      if (args.done()) return { verb: "status", cluster: args.clusterIfAny(), target: null };
      return { verb: "status", ...onTarget(args) };
    },
  },
  {
    name: "hosts",
    takes: "<hosts>",
    summary: "which machines a pattern stands for; changes nothing",
    details: ["Shows the machines, names that matched nothing, and hosts that the master does not know."],
    options: ["cluster"],
    examples: ["hosts web-*", "hosts all", "hosts zone=a:&@rack=r1", "hosts 'web-01, web-02'"],
    elsewhere: ["agents", "machines", "nodes", "slaves", "match", "preview"],
    read(args) {
      const hosts = args.hosts();
      const cluster = args.cluster();
      args.end();
      return { verb: "hosts", cluster: cluster.name, hosts };
    },
  },
  {
    name: "clusters",
    takes: "",
    summary: "the clusters, and whether their masters answer",
    details: [],
    options: [],
    examples: ["clusters"],
    elsewhere: ["masters", "leader"],
    read(args) {
      args.end();
      return { verb: "clusters" };
    },
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

/** Hosts belong to a cluster; an id is one of a kind, so it needs none. */
function onTarget(args: Arguments) {
  const target = args.target();
  const cluster = target.kind === "id" ? args.namedCluster() : args.cluster().name;
  args.end();
  return { cluster, target };
}
