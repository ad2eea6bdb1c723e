import { describe, expect, test } from "vitest";
import { holds } from "../../../src/maintenance/window/whose.js";
import { batchOf, machine, recordOf } from "../../support/world.js";

describe("a machine is held", () => {
  const two = recordOf({
    batches: [
      batchOf({ id: "b1", phase: "up", machines: [machine("web-01")] }),
      batchOf({ id: "b2", phase: "draining", machines: [machine("Web-02", "10.0.0.2")] }),
    ],
  });

  test.each([
    ["web-02", true],
    ["web-01", false],
    ["web-03", false],
  ])("%s is held by a batch that has not ended, whatever the case of its name: %s", (name, held) => {
    expect(holds(two, machine(name))).toBe(held);
  });
});

test.each([
  ["scheduled", true],
  ["draining", true],
  ["down", true],
  ["bringing_up", true],
  ["up", false],
  ["cancelled", false],
] as const)("a %s batch holds its machines: %s", (phase, held) => {
  expect(holds(recordOf({ batches: [batchOf({ phase })] }), { hostname: "WEB-01", ip: "10.0.0.1" })).toBe(
    held,
  );
});
