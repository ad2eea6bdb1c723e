import type { ServerResponse } from "node:http";
import type { Caller, Permission } from "./access.js";
import { seenBy } from "./api.js";
import type { JsonObject } from "./exact-json.js";
import type { MasterEvent, MasterState } from "./state.js";
import { eventView, type Self } from "./views.js";
import { type Encoding, encodeEvent } from "./wire.js";

interface Subscriber {
  readonly response: ServerResponse;
  readonly caller: Caller;
  readonly encoding: Encoding;
}

/** The open event streams. There is no event for schedule changes, answers or drain states: a master sends none. */
export class Subscribers {
  private readonly open = new Set<Subscriber>();
  private heartbeat: NodeJS.Timeout | undefined;
  /** Whether nobody is told of what happens; heartbeats go on. */
  isLosing = false;
  /** Whether nothing is sent at all, while the streams stay open. */
  isStalled = false;

  constructor(private readonly self: () => Self) {}

  /** Begins a stream: SUBSCRIBED with its snapshot, a HEARTBEAT at once, then what happens. */
  add(response: ServerResponse, caller: Caller, encoding: Encoding, subscribed: JsonObject): void {
    const subscriber: Subscriber = { response, caller, encoding };
    response.writeHead(200, { "content-type": encoding });
    this.open.add(subscriber);
    response.on("close", () => this.open.delete(subscriber));
    this.send(subscriber, subscribed);
    this.send(subscriber, { type: "HEARTBEAT" });
    this.heartbeat ??= setInterval(() => {
      for (const one of this.open) this.send(one, { type: "HEARTBEAT" });
    }, this.self().heartbeatMs).unref();
  }

  publish(events: readonly MasterEvent[], state: MasterState): void {
    if (this.isLosing) return;
    for (const subscriber of this.open) {
      const seen = seenBy(state, subscriber.caller);
      for (const event of events) {
        if (!subscriber.caller.may(RIGHTS[event.type])) continue;
        this.send(subscriber, eventView(event, seen, this.self().version));
      }
    }
  }

  /** Ends all streams, as a master does that loses leadership or goes away. */
  cut(): void {
    clearInterval(this.heartbeat);
    this.heartbeat = undefined;
    for (const { response } of this.open) response.destroy();
    this.open.clear();
  }

  count(): number {
    return this.open.size;
  }

  private send({ response, encoding }: Subscriber, event: JsonObject): void {
    if (!this.isStalled) response.write(encodeEvent(event, encoding));
  }
}

const RIGHTS = {
  TASK_ADDED: "view_tasks",
  TASK_UPDATED: "view_tasks",
  AGENT_ADDED: "view_agents",
  AGENT_REMOVED: "view_agents",
  FRAMEWORK_ADDED: "view_frameworks",
  FRAMEWORK_UPDATED: "view_frameworks",
} as const satisfies Record<MasterEvent["type"], Permission>;
