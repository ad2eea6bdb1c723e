import { withEvent } from "../../../src/maintenance/record/log.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { HOUR, MINUTE, NOW, task } from "../../support/world.js";
import { APPROVE, asked, click, downWorld, drainingWorld, tick } from "./flow.js";

/** What runs on our machines when the question is asked. */
const world = drainingWorld({ tasks: [task("t1", "marathon", "web-01"), task("t2", "kafka", "web-02")] });

/** A maintenance from the question to its end, with everything that people may do on the way. */
export function finished(): Maintenance {
  const question = { ...asked(world), reason: "kernel *CVE*", ticket: "OPS-812" };
  const refused = click(question, APPROVE, { by: "U0ALICE", world }).record;
  const approved = click(refused, APPROVE, { world, nowMs: NOW + MINUTE }).record;
  const sent = tick(approved, world, NOW + MINUTE).record;
  const down = tick(sent, downWorld(), NOW + 2 * MINUTE).record;
  const told = withEvent(down, NOW + 3 * MINUTE, {
    kind: "overridden",
    by: "U0CAROL",
    rule: "calendar",
    reason: "urgent",
  });
  return {
    ...told,
    overrides: [{ rule: "calendar", by: "U0CAROL", atMs: NOW + 3 * MINUTE, reason: "urgent\nvery" }],
    end: { phase: "up", atMs: NOW + HOUR, why: null },
  };
}
