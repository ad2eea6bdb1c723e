import { describe, expect, test } from "vitest";
import { howToBringBack, whatToLookFor } from "../../../src/rehearsal/demo/still-away.js";
import { HOUR, machine, NOW, windowOn, worldOf } from "../../support/world.js";

const web = [machine("web-01"), machine("web-02")];

const bodies = (text: string) => [...text.matchAll(/^curl .* -d '(.*)' (\S+)$/gm)].map(([, body]) => body);

describe("what a demo leaves out of service", () => {
  const theirs = { ...windowOn([{ hostname: "it's" }], NOW, null), start: 1_900_000_000_000_000_001n };
  const windows = [theirs, windowOn(web, NOW, HOUR)];

  test("machines that are Down are printed with their STOP_MAINTENANCE, before the schedule without the others", () => {
    const text = howToBringBack(
      "https://m:5050",
      worldOf({ leader: "m1:5050", windows, down: ["web-01"] }),
      web,
    );
    expect(text).toContain("Down: web-01 (10.0.0.1)\n  draining: web-02 (10.0.0.2)\n");
    expect(text).toContain("https://m1:5050/api/v1");
    expect(bodies(text)).toEqual([
      '{"type":"STOP_MAINTENANCE","stop_maintenance":{"machines":[{"hostname":"web-01","ip":"10.0.0.1"}]}}',
      expect.stringContaining("UPDATE_MAINTENANCE_SCHEDULE"),
    ]);
  });

  test("a window of somebody else is printed exact to the nanosecond, without halves and ends that it does not have", () => {
    const text = howToBringBack("http://m:5050", worldOf({ windows }), web);
    expect(bodies(text)).toEqual([
      '{"type":"UPDATE_MAINTENANCE_SCHEDULE","update_maintenance_schedule":{"schedule":{"windows":[{"machine_ids":[{"hostname":"it\'\\\'\'s"}],"unavailability":{"start":{"nanoseconds":1900000000000000001}}}]}}}',
    ]);
  });

  test("without a view of the master the machines are named that may be out of service", () => {
    const text = whatToLookFor("http://m:5050", web);
    expect(text).toContain("The master cannot be read.");
    expect(text).toContain("web-01 (10.0.0.1), web-02 (10.0.0.2)");
    expect(bodies(text)).toEqual([expect.stringContaining("STOP_MAINTENANCE")]);
  });
});
