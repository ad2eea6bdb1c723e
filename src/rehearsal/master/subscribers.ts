import type { ServerResponse } from "node:http";
import type { Caller } from "./access.js";
import { perform, seenBy } from "./api.js";
import type { WritableObject } from "./exact-json.js";
import type { MasterEvent, MasterState, Moment } from "./state.js";
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
  private heartbeat: NodeJS.Timeout | null = null;

  constructor(private readonly self: () => Self) {}

  /** Begins a stream: SUBSCRIBED with a snapshot, a HEARTBEAT at once, then what happens. */
  add(response: ServerResponse, caller: Caller, encoding: Encoding, state: MasterState, now: Moment): void {
    const subscriber: Subscriber = { response, caller, encoding };
    response.writeHead(200, { "content-type": encoding });
    this.open.add(subscriber);
    response.on("close", () => this.open.delete(subscriber));
    const { reply } = perform(state, { type: "SUBSCRIBE" }, caller, this.self(), now);
    if ("body" in reply && reply.body !== null) this.send(subscriber, reply.body);
    this.send(subscriber, { type: "HEARTBEAT" });
    this.heartbeat ??= setInterval(() => this.beat(), this.self().heartbeatMs).unref();
  }

  publish(events: readonly MasterEvent[], state: MasterState): void {
    for (const subscriber of this.open) {
      const seen = seenBy(state, subscriber.caller);
      for (const event of events) {
        if (!maySee(subscriber.caller, event)) continue;
        this.send(subscriber, eventView(event, seen, this.self().version));
      }
    }
  }

  /** Ends all streams, as a master does that loses leadership or goes away. */
  cut(): void {
    if (this.heartbeat !== null) clearInterval(this.heartbeat);
    this.heartbeat = null;
    for (const { response } of this.open) response.destroy();
    this.open.clear();
  }

  count(): number {
    return this.open.size;
  }

  private beat(): void {
    for (const subscriber of this.open) this.send(subscriber, { type: "HEARTBEAT" });
  }

  private send({ response, encoding }: Subscriber, event: WritableObject): void {
    response.write(encodeEvent(event, encoding));
  }
}

function maySee(caller: Caller, event: MasterEvent): boolean {
  switch (event.type) {
    case "TASK_ADDED":
    case "TASK_UPDATED":
      return caller.may("view_tasks");
    case "AGENT_ADDED":
    case "AGENT_REMOVED":
      return caller.may("view_agents");
    case "FRAMEWORK_ADDED":
    case "FRAMEWORK_UPDATED":
      return caller.may("view_frameworks");
  }
}
