import { describe, expect, test } from "vitest";
import { mesos } from "../../src/mesos/proto/generated/mesos.js";
import { readAll } from "../../src/mesos/read/answer-reader.js";
import { agentsReader } from "../../src/mesos/read/read-agents.js";
import { recorded } from "../mesos/support/recordings.js";
import { agentsAnswer } from "./agents-answer.js";

interface JsonAgent {
  readonly agent_info: { readonly hostname: string; readonly id: { readonly value: string } };
  readonly pid: string;
}

describe("the answer that decoding is measured with", () => {
  const answer = agentsAnswer(500);
  const { agents } = readAll(agentsReader(), answer.protobuf);

  test("the answer has every agent once, under its own name and address", () => {
    for (const key of ["id", "hostname", "ip"] as const) {
      const values = agents.map((agent) => (key === "id" ? agent.id : agent.machine[key]));
      expect(new Set(values).size).toBe(500);
    }
  });

  test("the answer says the same in both forms", () => {
    const json = JSON.parse(answer.json.toString()) as { get_agents: { agents: JsonAgent[] } };
    expect(json.get_agents.agents.map((one) => [one.agent_info.id.value, one.agent_info.hostname])).toEqual(
      agents.map((agent) => [agent.id, agent.machine.hostname]),
    );
    expect(json.get_agents.agents.every((one, at) => one.pid.includes(`@${agents[at]?.machine.ip}:`))).toBe(
      true,
    );
  });

  test("the answer keeps what we skip, so that skipping it is part of the measurement", () => {
    const real = recorded("agents.pb").length / readAll(agentsReader(), recorded("agents.pb")).agents.length;
    expect(answer.protobuf.length / 500).toBeGreaterThan(0.95 * real);
  });

  test("the answer is a whole message that the generated decoder reads too", () => {
    const { get_agents } = mesos.v1.master.Response.decode(answer.protobuf);
    expect(get_agents?.agents).toHaveLength(500);
  });
});
