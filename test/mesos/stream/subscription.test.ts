import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Master } from "../../../src/mesos/master.js";
import { mesos } from "../../../src/mesos/proto/generated/mesos.js";
import type { MasterEvent } from "../../../src/mesos/stream/events.js";
import { recorded } from "../support/recordings.js";
import { client, count, leading, redirectTo, say, stopAll, tinyMaster } from "../support/tiny-masters.js";

afterEach(stopAll);

const { Event } = mesos.v1.master;

function send(response: ServerResponse, ...events: Record<string, unknown>[]): void {
  for (const event of events) {
    const record = Event.encode(Event.fromObject(event)).finish();
    response.write(`${record.length}\n`);
    response.write(record);
  }
}

const subscribed = (heartbeat_interval_seconds = 15) => ({
  type: "SUBSCRIBED",
  subscribed: { get_state: {}, heartbeat_interval_seconds },
});

const removed = (id: string) => ({ type: "AGENT_REMOVED", agent_removed: { agent_id: { value: id } } });

/** The test's own time limit ends the wait, so that it does not hang on the machine's speed. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000 });

function listen(master: Master) {
  const events: MasterEvent[] = [];
  const subscription = master.subscribe((event) => events.push(event));
  const kinds = () => events.map((event) => event.kind);
  return { events, kinds, subscription };
}

const streaming = (open: (response: ServerResponse) => void, id = "leader-1") =>
  leading(id, { SUBSCRIBE: open });

describe("the event stream", () => {
  test("the event stream of a real master during a Down tells of the lost tasks and the agent that left", async () => {
    const leader = await tinyMaster(
      streaming((response) => {
        response.write(recorded("subscribe-during-down.recordio.pb"));
      }),
    );
    const { events } = listen(client({ masters: [leader.address] }));
    await soon(() => expect(events.map((event) => event.kind)).toContain("agent_removed"));
    expect(events[0]).toEqual({ kind: "subscribed", master: leader.name });
    expect(events).toContainEqual({
      kind: "task_updated",
      frameworkId: expect.stringMatching(/-\d{4}$/),
      taskId: expect.any(String),
      agentId: expect.stringMatching(/-S\d+$/),
      to: { kind: "of_agent" },
    });
  });

  test("the event stream tells of tasks, agents and frameworks; a heartbeat is not told", async () => {
    const ids = { framework_id: { value: "F1" }, agent_id: { value: "S1" } };
    const task = { name: "n", task_id: { value: "T1" }, state: "TASK_RUNNING", ...ids };
    const status = { task_id: { value: "T1" }, state: "TASK_RUNNING" };
    const agent_info = { hostname: "web-01", id: { value: "S1" } };
    const agent = { agent_info, active: true, version: "1.11.0", pid: "slave(1)@10.0.0.1:5051" };
    const framework_info = { user: "root", name: "marathon", id: { value: "F1" } };
    const framework = { framework_info, active: true, connected: true };
    const leader = await tinyMaster(
      streaming((response) =>
        send(
          response,
          subscribed(),
          { type: "TASK_ADDED", task_added: { task } },
          { type: "HEARTBEAT" },
          {
            type: "TASK_UPDATED",
            task_updated: { framework_id: { value: "F1" }, status, state: "TASK_KILLING" },
          },
          { type: "AGENT_ADDED", agent_added: { agent } },
          { type: "FRAMEWORK_ADDED", framework_added: { framework } },
          { type: "FRAMEWORK_UPDATED", framework_updated: { framework } },
          { type: "FRAMEWORK_REMOVED", framework_removed: { framework_info } },
          removed("S1"),
        ),
      ),
    );
    const { events, kinds } = listen(client({ masters: [leader.address] }));
    await soon(() => expect(kinds()).toContain("agent_removed"));
    expect(events.slice(1)).toEqual([
      {
        kind: "task_added",
        task: expect.objectContaining({ id: "T1", agentId: "S1", state: "TASK_RUNNING" }),
      },
      {
        kind: "task_updated",
        ...{ frameworkId: "F1", taskId: "T1", agentId: null },
        to: { kind: "going_on", state: "TASK_KILLING" },
      },
      { kind: "agent_added" },
      { kind: "framework" },
      { kind: "framework" },
      { kind: "framework_removed" },
      { kind: "agent_removed", agentId: "S1" },
    ]);
  });

  test("the event stream is opened again when the master ends it, and says that events are missing", async () => {
    let opened = 0;
    const leader = await tinyMaster(
      streaming((response) => {
        opened += 1;
        send(response, subscribed());
        if (opened === 1) response.end();
        else send(response, removed("S1"));
      }),
    );
    const { events, kinds } = listen(client({ masters: [leader.address] }));
    await soon(() => expect(kinds()).toContain("agent_removed"));
    expect(kinds()).toEqual(["subscribed", "lost", "subscribed", "agent_removed"]);
    expect(events[1]).toMatchObject({ error: { code: "stream_ended" } });
  });

  test("an event stream that falls silent for three heartbeats is opened again", async () => {
    const leader = await tinyMaster(streaming((response) => send(response, subscribed(0.01))));
    const { events, kinds } = listen(client({ masters: [leader.address] }));
    await soon(() => expect(kinds().filter((kind) => kind === "subscribed").length).toBeGreaterThan(1));
    expect(events[1]).toMatchObject({ kind: "lost", error: { code: "heartbeat_missed" } });
  });

  test("the event stream is kept as long as heartbeats come", async () => {
    const beats: NodeJS.Timeout[] = [];
    let sent = 0;
    const leader = await tinyMaster(
      streaming((response) => {
        send(response, subscribed(0.2));
        beats.push(
          setInterval(() => {
            sent += 1;
            send(response, { type: "HEARTBEAT" });
          }, 50),
        );
      }),
    );
    const { kinds } = listen(client({ masters: [leader.address] }));
    // Fifteen beats of 50 ms outlast the 600 ms of silence that would be suffered.
    await soon(() => expect(sent).toBeGreaterThan(15));
    for (const beat of beats) clearInterval(beat);
    expect(kinds()).toEqual(["subscribed"]);
  });

  test("an event stream that does not even begin is given up in the end", async () => {
    let opened = 0;
    const leader = await tinyMaster(
      streaming((response) => {
        opened += 1;
        if (opened > 1) send(response, subscribed());
        else response.writeHead(200).flushHeaders();
      }),
    );
    const { kinds } = listen(
      client({ masters: [leader.address], patience: { firstRetryMs: 1, silenceMs: 30 } }),
    );
    // On a busy machine more than one attempt may take too long to begin.
    await soon(() => expect(kinds()).toContain("subscribed"));
    expect(kinds()[0]).toBe("lost");
  });

  test("the event stream moves to the new leader", async () => {
    const streams: ServerResponse[] = [];
    const first = await tinyMaster(
      streaming((response) => {
        streams.push(response);
        send(response, subscribed());
      }),
    );
    const second = await tinyMaster(redirectTo(first.name));
    const master = client({ masters: [first.address, second.address] });
    const { kinds } = listen(master);
    await soon(() => expect(kinds()).toEqual(["subscribed"]));
    first.handler = redirectTo(second.name);
    second.handler = streaming((response) => send(response, subscribed()), "leader-2");
    streams[0]?.destroy();
    await soon(() => expect(kinds().slice(1)).toEqual(["lost", "subscribed"]));
    expect(master.leader()).toBe(second.name);
  });

  test("a leader that leads no more when the event stream is asked for ends neither the stream nor the process", async () => {
    const second = await tinyMaster(leading("leader-2"));
    const first = await tinyMaster(leading("leader-1", { SUBSCRIBE: (response) => redirect(response) }));
    const redirect = (response: ServerResponse) => {
      first.handler = redirectTo(second.name);
      second.handler = streaming((stream) => send(stream, subscribed()), "leader-2");
      const location = `//${second.name}/master/api/v1`;
      response.writeHead(307, { location }).end("Temporary Redirect");
    };
    second.handler = redirectTo(first.name);
    const { kinds, events } = listen(client({ masters: [first.address, second.address] }));
    await soon(() => expect(kinds()).toEqual(["lost", "subscribed"]));
    expect(events[0]).toMatchObject({ error: { code: "leader_unsettled", status: 307 } });
  });

  test("an event stream that breaks at once again and again is not hammered: the waits grow", async () => {
    const leader = await tinyMaster((_, response) => say(response, 503, "No leader elected"));
    const patience = { firstRetryMs: 2, longestRetryMs: 16 };
    // A clock that stands still: on a busy machine an attempt may last longer than these waits, and would count as a stream.
    const { events } = listen(client({ masters: [leader.address], patience, random: () => 0, now: () => 0 }));
    await soon(() => expect(events.length).toBeGreaterThan(5));
    const waits = events.map((event) => (event.kind === "lost" ? event.retryInMs : Number.NaN));
    expect(waits.slice(0, 6)).toEqual([1, 2, 4, 8, 8, 8]);
    expect(events[0]).toMatchObject({ error: { code: "no_leader", said: "No leader elected" } });
  });

  test("an event stream that holds no events is explained", async () => {
    const leader = await tinyMaster(streaming((response) => void response.end("<html>\n")));
    const { events } = listen(client({ masters: [leader.address] }));
    await soon(() => expect(events[0]).toMatchObject({ kind: "lost", error: { code: "undecodable" } }));
  });

  test("the event stream tells nothing after its close, and is not opened again", async () => {
    const streams: ServerResponse[] = [];
    const leader = await tinyMaster(
      streaming((response) => {
        streams.push(response);
        send(response, subscribed());
      }),
    );
    const master = client({ masters: [leader.address] });
    const { events, kinds, subscription } = listen(master);
    await soon(() => expect(kinds()).toEqual(["subscribed"]));
    await subscription.close();
    await soon(() => expect(streams[0]?.destroyed).toBe(true));
    await master.version();
    expect(events).toHaveLength(1);
    expect(count(leader, "SUBSCRIBE")).toBe(1);
  });
});
