import { expect, test } from "vitest";
import { mesos } from "../../../src/mesos/proto/generated/mesos.js";
import { readFrameworks } from "../../../src/mesos/read/read-replies.js";

const { Response } = mesos.v1.master;

function shown(info: Record<string, unknown>) {
  const framework_info = { user: "root", name: "jobs", id: { value: "f-1" }, ...info };
  const frameworks = [{ framework_info, active: true, connected: true }];
  const answer = Response.fromObject({ type: "GET_FRAMEWORKS", get_frameworks: { frameworks } });
  return readFrameworks(Response.encode(answer).finish())[0];
}

test("a framework that is not MULTI_ROLE has the one role that it names, or the default", () => {
  expect(shown({ role: "m3s" })?.roles).toEqual(["m3s"]);
  expect(shown({})?.roles).toEqual(["*"]);
});

test("a framework is read with all of its roles, its principal and its capabilities", () => {
  const capabilities = [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }];
  expect(shown({ roles: ["a", "b"], principal: "kafka-principal", capabilities })).toMatchObject({
    roles: ["a", "b"],
    principal: "kafka-principal",
    capabilities: ["MULTI_ROLE", "PARTITION_AWARE"],
  });
});
