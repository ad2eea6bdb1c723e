import type { Caller, Permission } from "./access.js";
import { agentsView } from "./agent-view.js";
import type { Call, ReadType } from "./call.js";
import {
  deactivateAgent,
  drainAgent,
  reactivateAgent,
  refuseDeactivate,
  refuseDrain,
  refuseReactivate,
} from "./drain.js";
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

/** Carries out a call. Pure. Writes are checked for sense before rights (400 before 403), as a master does. */
export function perform(state: MasterState, call: Call, caller: Caller, self: Self, now: Moment): Outcome {
  switch (call.type) {
    case "UPDATE_MAINTENANCE_SCHEDULE": {
      const { schedule } = call;
      // Rights are asked for per machine of the new schedule, so an empty one needs none.
      const needed = schedule.windows.length > 0 ? "update_maintenance_schedule" : null;
      const refused = badRequest(refuseSchedule(state, schedule)) ?? forbidden(caller, needed);
      return write(refused, () => updateSchedule(state, schedule, now));
    }
    case "START_MAINTENANCE": {
      const refused = badRequest(refuseDown(state, call.machines)) ?? forbidden(caller, "start_maintenance");
      return write(refused, () => thenAsk(state, now, (before) => bringDown(before, call.machines, now)));
    }
    case "STOP_MAINTENANCE": {
      const refused = badRequest(refuseUp(state, call.machines)) ?? forbidden(caller, "stop_maintenance");
      return write(refused, () => thenAsk(state, now, (before) => bringUp(before, call.machines, now)));
    }
    // For the next three, rights are asked for before the agent is looked up.
    case "DRAIN_AGENT": {
      const refused = forbidden(caller, "drain_agent") ?? badRequest(refuseDrain(state, call.agentId));
      return write(refused, () => drainAgent(state, call, now));
    }
    case "DEACTIVATE_AGENT": {
      const refused =
        forbidden(caller, "deactivate_agent") ?? badRequest(refuseDeactivate(state, call.agentId));
      return write(refused, () => deactivateAgent(state, call.agentId));
    }
    case "REACTIVATE_AGENT": {
      const refused =
        forbidden(caller, "reactivate_agent") ?? badRequest(refuseReactivate(state, call.agentId));
      return write(refused, () => reactivateAgent(state, call.agentId));
    }
    default:
      return { reply: { status: 200, body: read(state, call.type, caller, self) }, change: null };
  }
}

function badRequest(text: string | null): Reply | null {
  return text === null ? null : { status: 400, text };
}

function forbidden(caller: Caller, needed: Permission | null): Reply | null {
  return needed === null || caller.may(needed) ? null : { status: 403, text: "403 Forbidden." };
}

function write(refused: Reply | null, change: () => Change): Outcome {
  if (refused !== null) return { reply: refused, change: null };
  return { reply: { status: 200, body: null }, change: change() };
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
    ...(caller.may("view_tasks") && caller.may("view_frameworks") ? {} : { tasks: [], completedTasks: [] }),
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
