import { afterEach, describe, expect, test } from "vitest";
import { recorded } from "./support/recordings.js";
import {
  answer,
  client,
  count,
  leading,
  redirectTo,
  say,
  stopAll,
  type TinyMaster,
  tinyMaster,
} from "./support/tiny-masters.js";

afterEach(stopAll);

const RECORDED_ANSWERS: Record<string, string> = {
  GET_MASTER: "master.pb",
  GET_AGENTS: "agents.pb",
  GET_FRAMEWORKS: "frameworks.pb",
  GET_TASKS: "tasks.pb",
  GET_MAINTENANCE_SCHEDULE: "schedule-one-window.pb",
  GET_MAINTENANCE_STATUS: "status-answers.pb",
};

const take = (...masters: TinyMaster[]) =>
  client({ masters: masters.map((each) => each.address), now: () => 42 }).snapshot();

const scheduled = (hostname: string) => ({
  get_maintenance_schedule: {
    schedule: {
      windows: [
        { machine_ids: [{ hostname, ip: "10.0.0.1" }], unavailability: { start: { nanoseconds: 1n } } },
      ],
    },
  },
});

const draining = (hostname: string) => ({
  get_maintenance_status: { status: { draining_machines: [{ id: { hostname, ip: "10.0.0.1" } }] } },
});

describe("a snapshot", () => {
  test("a snapshot is the world as a real master tells it", async () => {
    const leader = await tinyMaster(
      ({ type }, response) => void response.end(recorded(RECORDED_ANSWERS[type] ?? "")),
    );
    const world = await take(leader);
    expect(world).toMatchObject({
      cluster: "prod",
      leader: leader.name,
      leaderId: "718a2aa4-c3f3-4edf-b7f3-87b04a5e7035",
      version: "1.12.0",
      electedAtMs: 1_795_195_042_885,
      observedAtMs: 42,
      schedule: { windows: [{ start: 1795195728662822401n, duration: 14400000000001n }] },
    });
    expect(world.agents).toHaveLength(4);
    expect(world.tasks).toHaveLength(5);
    expect(world.frameworks).toHaveLength(2);
    expect(world.status.draining).toHaveLength(3);
  });

  test("a snapshot asks for everything once", async () => {
    const leader = await tinyMaster(leading());
    const master = client({ masters: [leader.address] });
    await master.snapshot();
    leader.received.length = 0;
    await master.snapshot();
    expect(leader.received.map((call) => call.type).sort()).toEqual(Object.keys(RECORDED_ANSWERS).sort());
  });

  test("a snapshot is taken anew if the master restarted in between: its id tells", async () => {
    let id = "before";
    const leader = await tinyMaster((received, response) => {
      if (received.type === "GET_AGENTS") id = "after";
      leading(id)(received, response);
    });
    await expect(take(leader)).resolves.toMatchObject({ leaderId: "after" });
    expect(count(leader, "GET_AGENTS")).toBe(2);
  });

  test("a snapshot is taken anew from the new leader if the old one redirects in between (invariant 2)", async () => {
    const second = await tinyMaster(leading("leader-2"));
    const first = await tinyMaster(leading("leader-1"));
    second.handler = redirectTo(first.name);
    first.handler = (received, response) => {
      if (received.type !== "GET_TASKS") return leading("leader-1")(received, response);
      first.handler = redirectTo(second.name);
      second.handler = leading("leader-2");
      first.handler(received, response);
    };
    await expect(take(first, second)).resolves.toMatchObject({ leader: second.name, leaderId: "leader-2" });
  });

  test("a snapshot is not taken at all if the leader changes each time", async () => {
    let id = 0;
    const leader = await tinyMaster((received, response) => {
      if (received.type === "GET_AGENTS") id += 1;
      leading(String(id))(received, response);
    });
    await expect(take(leader)).rejects.toMatchObject({ code: "leader_unsettled" });
  });

  test("a snapshot says that the master has not recovered instead of showing an empty cluster", async () => {
    const leader = await tinyMaster(leading());
    const master = client({ masters: [leader.address] });
    await master.snapshot();
    leader.handler = (_, response) => say(response, 503, "Master has not finished recovery");
    await expect(master.snapshot()).rejects.toMatchObject({ code: "not_recovered" });
  });

  test("one refused part refuses the whole", async () => {
    const leader = await tinyMaster(
      leading("leader-1", { GET_TASKS: (response) => say(response, 403, "403 Forbidden.") }),
    );
    await expect(take(leader)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("a snapshot does not take a window posted between two reads for a filtered schedule", async () => {
    let reads = 0;
    const leader = await tinyMaster(
      leading("leader-1", {
        GET_MAINTENANCE_SCHEDULE: (response) => {
          reads += 1;
          answer(
            response,
            reads === 1 ? { get_maintenance_schedule: { schedule: {} } } : scheduled("web-01"),
          );
        },
        GET_MAINTENANCE_STATUS: (response) => answer(response, draining("web-01")),
      }),
    );
    const world = await take(leader);
    expect(world.schedule.windows).toHaveLength(1);
  });

  test("a snapshot shows a filtered schedule as it is after a second look, for the domain to refuse", async () => {
    const leader = await tinyMaster(
      leading("leader-1", {
        GET_MAINTENANCE_STATUS: (response) => answer(response, draining("web-01")),
      }),
    );
    const world = await take(leader);
    expect(world.schedule.windows).toEqual([]);
    expect(world.status.draining).toHaveLength(1);
    expect(count(leader, "GET_MAINTENANCE_STATUS")).toBe(2);
  });

  test("a snapshot knows after a fail-over on which machine an agent was that has not come back (invariant 4)", async () => {
    const info = { hostname: "web-01", id: { value: "S1" } };
    const agents = [{ agent_info: info, active: true, version: "1.11.0", pid: "slave(1)@10.0.0.1:5051" }];
    const leader = await tinyMaster(
      leading("leader-1", { GET_AGENTS: (response) => answer(response, { get_agents: { agents } }) }),
    );
    const master = client({ masters: [leader.address] });
    await master.snapshot();
    leader.handler = leading("leader-2", {
      GET_AGENTS: (response) => answer(response, { get_agents: { recovered_agents: [info] } }),
    });
    for (let fails = 0; fails < 2; fails += 1) {
      const { recoveredAgents } = await master.snapshot();
      expect(recoveredAgents.map((agent) => agent.machine)).toEqual([{ hostname: "web-01", ip: "10.0.0.1" }]);
    }
  });
});

describe("the schedule right before a post", () => {
  test("the schedule right before a post is read from the leader that the world was read from, as it stands now", async () => {
    const leader = await tinyMaster(
      leading("leader-1", {
        GET_MAINTENANCE_SCHEDULE: (response) => answer(response, scheduled("web-03")),
      }),
    );
    const master = client({ masters: [leader.address] });
    await master.version();
    await expect(master.scheduleOf("leader-1")).resolves.toMatchObject({
      windows: [{ machines: [{ hostname: "web-03" }] }],
    });
  });

  test("the schedule right before a post is not read from the next leader, which may hide windows that the last one showed (invariants 1 and 2)", async () => {
    const first = await tinyMaster(leading("leader-1"));
    const second = await tinyMaster(leading("leader-2"));
    const master = client({ masters: [first.address, second.address] });
    first.handler = leading("leader-1");
    second.handler = redirectTo(first.name);
    const { leader, leaderId } = await master.snapshot();
    expect(leader).toBe(first.name);
    first.handler = redirectTo(second.name);
    second.handler = leading("leader-2");
    await expect(master.scheduleOf(leaderId)).resolves.toBeNull();
    await master.version();
    await expect(master.scheduleOf(leaderId)).resolves.toBeNull();
  });

  test("the schedule right before a post is not read from the same leader after a restart, which may have other rules (invariant 2)", async () => {
    const leader = await tinyMaster(leading("before"));
    const master = client({ masters: [leader.address] });
    const world = await master.snapshot();
    leader.handler = leading("after");
    await expect(master.scheduleOf(world.leaderId)).resolves.toBeNull();
  });
});

test("an agent that comes back while it is being read is not shown without its tasks (invariant 2)", async () => {
  const beside = ["GET_FRAMEWORKS", "GET_MAINTENANCE_SCHEDULE", "GET_MAINTENANCE_STATUS"];
  let tasksAsked = false;
  let answerAgents: (() => void) | null = null;
  const leader = await tinyMaster((received, response) => {
    const reply = () => leading()(received, response);
    if (received.type === "GET_TASKS") tasksAsked = true;
    if (received.type === "GET_AGENTS") answerAgents = reply;
    else reply();
    // The agents are answered last of all that was asked beside them.
    const isLast = beside.every((type) => leader.received.some((each) => each.type === type));
    if (answerAgents === null || !isLast || tasksAsked) return;
    answerAgents();
    answerAgents = null;
  });
  await take(leader);
  expect(tasksAsked).toBe(true);
});
