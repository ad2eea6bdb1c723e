import type { Caller } from "./access.js";
import { agentsView } from "./agent-view.js";
import type { Call, ReadType } from "./call.js";
import { deactivateAgent, drainAgent, reactivateAgent } from "./drain.js";
import type { JsonObject } from "./exact-json.js";
import { bringDown, bringUp, thenAsk, updateSchedule } from "./maintenance.js";
import { refuseDown, refuseSchedule, refuseUp } from "./schedule-rules.js";
import type { Change, MasterState, Moment } from "./state.js";
import {
  frameworksView,
  masterView,
  type Self,
  scheduleView,
  statusView,
  tasksView,
  versionView,
} from "./views.js";

/** What the master answers: a body in the caller's encoding, nothing, or a refusal in plain text. */
export type Reply =
  | { readonly status: 200; readonly body: JsonObject | null }
  | { readonly status: number; readonly text: string };

/** What a call comes to: the reply, and the new state if it changed something. */
export interface Outcome {
  readonly reply: Reply;
  readonly change: Change | null;
}

const FORBIDDEN: Outcome = { reply: { status: 403, text: "403 Forbidden." }, change: null };

/** Carries out a call. Pure. Writes are checked for sense before rights (400 before 403), as a master does. */
export function perform(state: MasterState, call: Call, caller: Caller, self: Self, now: Moment): Outcome {
  switch (call.type) {
    case "UPDATE_MAINTENANCE_SCHEDULE": {
      const { schedule } = call;
      // Rights are asked for per machine of the new schedule, so an empty one needs none.
      const may = schedule.windows.length === 0 || caller.may("update_maintenance_schedule");
      return written(refuseSchedule(state, schedule) ?? updateSchedule(state, schedule, now), may);
    }
    case "START_MAINTENANCE": {
      const down = (before: MasterState) => bringDown(before, call.machines, now);
      const may = caller.may("start_maintenance");
      return written(refuseDown(state, call.machines) ?? thenAsk(state, now, down), may);
    }
    case "STOP_MAINTENANCE": {
      const up = (before: MasterState) => bringUp(before, call.machines, now);
      const may = caller.may("stop_maintenance");
      return written(refuseUp(state, call.machines) ?? thenAsk(state, now, up), may);
    }
    // For the next three, rights are asked for before the agent is looked up.
    case "DRAIN_AGENT":
      return caller.may("drain_agent") ? written(drainAgent(state, call, now)) : FORBIDDEN;
    case "DEACTIVATE_AGENT":
      return caller.may("deactivate_agent") ? written(deactivateAgent(state, call.agentId)) : FORBIDDEN;
    case "REACTIVATE_AGENT":
      return caller.may("reactivate_agent") ? written(reactivateAgent(state, call.agentId)) : FORBIDDEN;
    default:
      return { reply: { status: 200, body: read(state, call.type, caller, self) }, change: null };
  }
}

/** `change` is text where the call makes no sense: the master's words why. */
function written(change: Change | string, may = true): Outcome {
  if (typeof change === "string") return { reply: { status: 400, text: change }, change: null };
  return may ? { reply: { status: 200, body: null }, change } : FORBIDDEN;
}

/** Reads are never refused: what the caller may not see is left out, and the rest looks like an idle cluster. */
function read(state: MasterState, type: ReadType, caller: Caller, self: Self): JsonObject {
  const seen = seenBy(state, caller);
  switch (type) {
    case "GET_HEALTH":
      return { type, get_health: { healthy: true } };
    case "GET_VERSION":
      return { type, get_version: { version_info: versionView(self) } };
    case "GET_MASTER":
      return { type, get_master: masterView(state, self) };
    case "GET_AGENTS":
      // What is allocated on an agent is shown whoever uses it.
      return { type, get_agents: agentsView({ ...seen, tasks: state.tasks }, self.version) };
    case "GET_FRAMEWORKS":
      return { type, get_frameworks: frameworksView(seen) };
    case "GET_TASKS":
      return { type, get_tasks: tasksView(seen) };
    case "GET_MAINTENANCE_STATUS": {
      const status = caller.may("get_maintenance_status") ? statusView(state) : {};
      return { type, get_maintenance_status: { status } };
    }
    case "GET_MAINTENANCE_SCHEDULE": {
      const schedule = caller.may("get_maintenance_schedule") ? scheduleView(state) : {};
      return { type, get_maintenance_schedule: { schedule } };
    }
    case "SUBSCRIBE":
      return { type: "SUBSCRIBED", subscribed: subscribedView(seen, self) };
  }
}

/** The state without what the caller may not view. */
export function seenBy(state: MasterState, caller: Caller): MasterState {
  return {
    ...state,
    ...(caller.may("view_agents") ? {} : { agents: [] }),
    ...(caller.may("view_frameworks") ? {} : { frameworks: [] }),
    // A task is shown to those who may view it and its framework.
    ...(caller.may("view_tasks") && caller.may("view_frameworks")
      ? {}
      : { tasks: [], unreachableTasks: [], completedTasks: [] }),
  };
}

/** The snapshot with which an event stream begins. */
function subscribedView(state: MasterState, { version, heartbeatMs }: Self): JsonObject {
  const snapshot = {
    get_tasks: tasksView(state),
    get_executors: { executors: [] },
    get_frameworks: frameworksView(state),
    get_agents: agentsView(state, version),
  };
  return { get_state: snapshot, heartbeat_interval_seconds: heartbeatMs / 1000 };
}
