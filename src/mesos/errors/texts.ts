import { type ErrorRow, REFRESH, WAITS, type When } from "./row.js";

const text = (words: string, status = 400): When => ({ by: "text", text: words, status });

const REPORT = "This should not happen: report it with the log of this moment.";

/** What masters say when they refuse a call: the texts of Mesos 1.12, exact. Longer texts stand before shorter ones. */
export const ERROR_TEXTS = [
  {
    code: "no_leader",
    when: text("No leader elected", 503),
    what: "The masters of {cluster} have no leader at the moment.",
    next: WAITS,
  },
  {
    code: "not_recovered",
    when: text("Master has not finished recovery", 503),
    what: "The leading master {master} was just elected and has not finished recovery.",
    next: WAITS,
  },
  {
    code: "window_empty",
    when: text("List of machines in the maintenance window is empty"),
    what: "The master refused a schedule with a window that names no machine.",
    next: REPORT,
  },
  {
    code: "negative_duration",
    when: text("Unavailability 'duration' is negative"),
    what: "The master refused a window whose duration is negative.",
    next: "Ask again with a duration such as 2h; if the window is someone else's, have its owner post it anew.",
  },
  {
    code: "machine_unnamed",
    when: text("Both 'hostname' and 'ip' for a machine are empty"),
    what: "The master refused a machine that has neither a host name nor an IP.",
    next: REPORT,
  },
  {
    code: "bad_ip",
    when: text("Failed to parse IPv4: <value>"),
    what: "The master takes IPv4 addresses only and cannot read {value} as one.",
    next: "Name the machine with the IPv4 address its agent registers with; `/mesos hosts` shows it.",
  },
  {
    code: "machine_twice",
    when: text("Machine '<machine>' appears more than once in the schedule"),
    what: "Machine {machine} would stand in the schedule twice, and the master allows a machine one window only.",
    next: REFRESH,
  },
  {
    code: "down_machine_left_out",
    when: text("Machine '<machine>' is deactivated and cannot be removed from the schedule"),
    what: "Machine {machine} is Down, and a machine that is Down cannot be taken off the schedule.",
    next: "Bring it up first with `/mesos up`; that takes it off the schedule as well.",
  },
  {
    code: "no_machines",
    when: text("List of machines is empty"),
    what: "The master refused a call that names no machine.",
    next: REPORT,
  },
  {
    code: "not_scheduled",
    when: text("Machine '<machine>' is not part of a maintenance schedule"),
    what: "Machine {machine} stands in no maintenance window, so it can be taken neither down nor up.",
    next: "Somebody took its window away: start again with `/mesos drain`.",
  },
  {
    code: "not_draining",
    when: text("Machine '<machine>' is not in DRAINING mode and cannot be brought down"),
    what: "Machine {machine} is not draining, so it cannot be taken down: it is down already, or has no window.",
    next: REFRESH,
  },
  {
    code: "not_down",
    when: text("Machine '<machine>' is not in DOWN mode and cannot be brought up"),
    what: "Machine {machine} is not down, so it cannot be brought up.",
    next: REFRESH,
  },
  {
    code: "missing_fields",
    when: text("Missing required fields: <value>"),
    what: "The master misses something in the call: {value}.",
    next: REPORT,
  },
  {
    code: "wrong_field_type",
    when: text("Not expecting a JSON <value>"),
    what: "The master does not understand a value in the call: a JSON {value}.",
    next: REPORT,
  },
  {
    code: "unknown_call",
    when: text("Expecting 'type' to be present"),
    what: "The master {master} does not know this call: its Mesos is too old for it.",
    next: "DRAIN_AGENT needs Mesos 1.9, the maintenance calls Mesos 1.0: upgrade the masters or do without.",
  },
  {
    code: "unreadable_call",
    when: text("Failed to parse body"),
    what: "The master {master} could not read the call.",
    next: "If a proxy stands in between, check that it passes bodies on unchanged.",
  },
  {
    code: "unknown_agent",
    when: text("Unknown agent"),
    what: "The master does not know this agent: it was removed, or never registered with this master.",
    next: "See which agents are registered with `/mesos hosts`, then ask again.",
  },
  {
    code: "cannot_drain",
    when: text("Agent <agent> is not capable of draining"),
    what: "Agent {agent} is too old to be drained by the master.",
    next: "Upgrade the agent to Mesos 1.9 or newer, or drain without having the master kill tasks.",
  },
  {
    code: "agent_scheduled",
    when: text("Agent <agent> is part of a maintenance schedule under Machine <machine>"),
    what: "Agent {agent} on {machine} is in the maintenance schedule already, and the master then refuses to drain it by killing tasks.",
    next: "Give its machine back with `/mesos cancel`, drain by killing tasks, then schedule it again.",
  },
  {
    code: "marking_gone",
    when: text("Agent is currently being marked gone", 409),
    what: "The agent is just being marked gone for good.",
    next: "Wait until it has left; a machine marked gone comes back as a new agent only.",
  },
  {
    code: "still_draining",
    when: text("Agent is still in the DRAINING state"),
    what: "The agent is still draining, and a drain cannot be called off half-way.",
    next: "Wait until it is drained, then bring it back.",
  },
  {
    code: "not_deactivated",
    when: text("Agent is not deactivated"),
    what: "The agent is in service already, or unknown to the master.",
    next: REFRESH,
  },
] as const satisfies readonly ErrorRow[];
