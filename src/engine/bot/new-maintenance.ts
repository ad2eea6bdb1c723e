import type { AdoptCommand, DrainCommand } from "../../commands/command.js";
import type { Person } from "../../maintenance/policy/policy.js";
import type { Maintenance } from "../../maintenance/record/record.js";

/** The record that a command opens: nothing is looked up yet, and nothing is posted. */
export function newMaintenance(
  id: string,
  command: DrainCommand | AdoptCommand,
  person: Person,
  at: { readonly channel: string; readonly command: string },
  nowMs: number,
): Maintenance {
  const by = person.user;
  return {
    version: 1,
    id,
    cluster: command.cluster,
    channel: at.channel,
    requester: by,
    requesterStanding: person.standing,
    requesterGroups: [...person.groups],
    command: at.command,
    hosts: command.hosts,
    reason: command.reason,
    ticket: command.ticket,
    requestedAtMs: nowMs,
    ...(command.verb === "adopt" ? adopted(command) : drained(command, by, nowMs)),
    batches: [],
    confirmed: command.confirmed,
    owners: [],
    behaviour: [],
    blast: null,
    copiesPlanned: [],
    frameworks: [],
    neighbours: {},
    cancel: null,
    held: null,
    paused: null,
    wentOn: [],
    leftBehind: [],
    runs: [],
    moves: [],
    trouble: null,
    unwatched: null,
    unsettledUntilMs: null,
    picture: null,
    events: [{ seq: 1, atMs: nowMs, kind: "requested", by }],
    seq: 1,
    end: null,
  };
}

type Asked = Pick<Maintenance, "wanted" | "deadline" | "overrides">;

/** When its window is, the master says. */
function adopted({ shown }: AdoptCommand): Asked {
  const adopt = shown === undefined ? {} : { shown };
  return { wanted: { startMs: null, durationMs: 0, adopt }, deadline: null, overrides: [] };
}

function drained(command: DrainCommand, by: string, nowMs: number): Asked {
  const { durationMs, startMs, announceMs, deadline, override, roll, kill, run, up } = command;
  return {
    wanted: {
      startMs,
      durationMs,
      ...(announceMs === null ? {} : { announceMs }),
      ...(roll === null ? {} : { roll }),
      ...(kill === null ? {} : { kill }),
      ...(up === "ask" ? {} : { up }),
      ...(run === null ? {} : { run }),
    },
    deadline:
      deadline === null
        ? null
        : {
            atMs: (startMs ?? nowMs) + deadline.afterMs,
            then: deadline.action,
            met: false,
            afterMs: deadline.afterMs,
          },
    overrides: override === null ? [] : [{ rule: "calendar", by, atMs: nowMs, reason: override }],
  };
}
