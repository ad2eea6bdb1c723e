import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { VERSION } from "../base/version.js";

/** Seconds. The answer Slack waits for has to come within 3 s (invariant 9), so the buckets are dense below that. */
const ACK_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3];

const CALL_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Everything the bot counts, in a registry of its own. Labels have few values: never a machine, a maintenance or a
 * person. Spans are seconds, as Prometheus has it; `startTimer()` of a histogram measures one.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const labelNames = ["version"] as const;
  const help = "1 for a process that runs, by the version of the program.";
  new Gauge({ name: "mesos_bot_info", help, labelNames, registers }).set({ version: VERSION }, 1);
  return {
    registry,
    /** Commands typed, by verb (`unknown` if not understood) and outcome: `queued`, `answered`, `refused`, `failed`. */
    commands: new Counter({
      name: "mesos_bot_commands_total",
      help: "Slash commands, by verb and outcome.",
      labelNames: ["verb", "outcome"],
      registers,
    }),
    commandAckSeconds: new Histogram({
      name: "mesos_bot_command_ack_seconds",
      help: "From a command's arrival to its acknowledgement.",
      buckets: ACK_SECONDS,
      registers,
    }),
    /** Reconcile ticks, by cluster and outcome: `ok`, `trouble` (something keeps it from going on), `ended`. */
    ticks: new Counter({
      name: "mesos_bot_ticks_total",
      help: "Reconcile ticks, by cluster and outcome.",
      labelNames: ["cluster", "outcome"],
      registers,
    }),
    tickSeconds: new Histogram({
      name: "mesos_bot_tick_seconds",
      help: "Length of a reconcile tick, by cluster.",
      labelNames: ["cluster"],
      buckets: CALL_SECONDS,
      registers,
    }),
    /** Calls of masters, by the call's name (`GET_AGENTS`) and outcome: `ok` or the error's code. */
    masterCalls: new Counter({
      name: "mesos_bot_master_calls_total",
      help: "Calls of Mesos masters, by cluster, call and outcome.",
      labelNames: ["cluster", "call", "outcome"],
      registers,
    }),
    masterCallSeconds: new Histogram({
      name: "mesos_bot_master_call_seconds",
      help: "Length of a call of a Mesos master, by call.",
      labelNames: ["call"],
      buckets: CALL_SECONDS,
      registers,
    }),
    masterAnswerBytes: new Counter({
      name: "mesos_bot_master_answer_bytes_total",
      help: "Bytes of masters' answers to reads, by cluster and call.",
      labelNames: ["cluster", "call"],
      registers,
    }),
    /** Tasks and agents that a whole reading showed otherwise than the event stream had told. */
    keptDifferences: new Counter({
      name: "mesos_bot_kept_differences_total",
      help: "Tasks and agents that a whole reading showed otherwise than the event stream, by cluster.",
      labelNames: ["cluster"],
      registers,
    }),
    /** From a drain being asked for to its windows being read back at the master. */
    placedSeconds: new Histogram({
      name: "mesos_bot_placed_seconds",
      help: "From a drain being asked for to its windows being read back at the master, by cluster.",
      labelNames: ["cluster"],
      buckets: CALL_SECONDS,
      registers,
    }),
    /** How old what a card shows was when Slack had it. */
    cardSeconds: new Histogram({
      name: "mesos_bot_card_seconds",
      help: "From the look at the master to the card in Slack that shows it.",
      buckets: CALL_SECONDS,
      registers,
    }),
    /** Calls of Slack's Web API, by what they are for (`post`, `update`, `reply`, …) and outcome: `ok` or the error's code. */
    slackCalls: new Counter({
      name: "mesos_bot_slack_calls_total",
      help: "Calls of Slack's Web API, by method and outcome.",
      labelNames: ["method", "outcome"],
      registers,
    }),
    /** Records of maintenances that have ended, by cluster and kind: `finished`, or `refused` for those that never began. */
    historyRecords: new Gauge({
      name: "mesos_bot_history_records",
      help: "Records of ended maintenances that are kept, by cluster and kind.",
      labelNames: ["cluster", "kind"],
      registers,
    }),
    /** When the oldest of the finished ones ended, in seconds since the epoch; no value where there is none. */
    historySince: new Gauge({
      name: "mesos_bot_history_since_timestamp_seconds",
      help: "When the oldest maintenance whose record is kept ended, by cluster.",
      labelNames: ["cluster"],
      registers,
    }),
    /** 0 when a lane goes on; seconds since it was first seen with jobs that wait, while it takes none. */
    laneStill: new Gauge({
      name: "mesos_bot_lane_still_seconds",
      help: "For how long a lane has taken none of the jobs that wait, by lane; 0 when it goes on.",
      labelNames: ["lane"],
      registers,
    }),
    openMaintenances: new Gauge({
      name: "mesos_bot_open_maintenances",
      help: "Maintenances that have not ended, by cluster and phase.",
      labelNames: ["cluster", "phase"],
      registers,
    }),
  };
}
