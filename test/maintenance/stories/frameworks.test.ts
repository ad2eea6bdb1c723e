import { expect, test } from "vitest";
import { decodeMaintenance, encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { explanationsOf } from "../../../src/maintenance/show/frameworks.js";
import { framework, machine, policyOf, recordOf, task, worldOf } from "../../support/world.js";
import { drainingWorld, inPhase, planOf, tick } from "../support/flow.js";

const old = framework("jobs", { driver: "old" });

const resolution = { machines: [machine("web-01")], literals: [], matchedNothing: [], unknown: [] };

test("what is known of the frameworks on the machines stands in the record from the plan on, and is stored", () => {
  const world = worldOf({
    frameworks: [old, framework("Eremetic", { driver: "old" })],
    tasks: [task("t-1", "jobs", "web-01"), task("t-2", "Eremetic", "web-02")],
  });
  const { frameworks } = planOf(recordOf({ batches: [] }), resolution, world);
  expect(frameworks).toEqual([{ id: "jobs", name: "jobs", family: null, by: null, driver: "old" }]);
  const record = recordOf({ frameworks });
  expect(decodeMaintenance(encodeMaintenance(record)).frameworks).toEqual(frameworks);
});

test("a framework that starts tasks on the machines later is recognised then", () => {
  const world = drainingWorld({
    frameworks: [framework("Eremetic"), framework("jobs")],
    tasks: [task("t-1", "Eremetic", "web-01"), task("t-2", "jobs", "web-02")],
  });
  const policy = policyOf({ frameworks: [{ by: "name", value: "jobs", family: "chronos" }] });
  const { record } = tick(inPhase("draining"), world, undefined, policy);
  expect(record.frameworks.map(({ id, family, by }) => [id, family, by])).toEqual([
    ["Eremetic", "eremetic", "signs"],
    ["jobs", "chronos", "clusters_file"],
  ]);
});

test("a record of a version that knows more families is read, and that family counts as not known", () => {
  const frameworks = [
    { id: "f-1", name: "jobs", family: "of-tomorrow", by: "signs" as const, driver: "old" as const },
  ];
  const record = decodeMaintenance(encodeMaintenance(recordOf({ frameworks })));
  expect([...explanationsOf(record, new Map())]).toEqual([
    ["jobs", "uses the old driver, cannot answer inverse offers"],
  ]);
});

test("a record from before frameworks were known is read", () => {
  const { frameworks: _, ...before } = encodeMaintenance(recordOf());
  expect(decodeMaintenance(before).frameworks).toEqual([]);
});
