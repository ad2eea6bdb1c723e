import { expect, test } from "vitest";
import { dryRunReply } from "../../../src/maintenance/show/dry-run.js";
import { blastText } from "../../../src/slack/render/blast.js";
import { drawn } from "../../support/drawn.js";
import { HOUR, NOW, names } from "../../support/world.js";
import { blastOf } from "../fixtures.js";

const TERMS = {
  window: { startMs: NOW, durationMs: HOUR },
  isUsualDuration: false,
  deadline: null,
  requester: "U01ALICE",
  approvals: { votes: 1, approvers: [], selfApproval: true },
  owners: [],
};

test.each([
  [{ cpus: 0.25, memMb: 0.4 }, "0.25 cpus, 0.4 MB"],
  [{ cpus: 1, memMb: 0.003 }, "1 cpu, 0.003 MB"],
  [{ cpus: 0.004, memMb: 1536 }, "0.004 cpus, 1.5 GB"],
])("the message in the thread and the dry run show %j alike, and never as nothing", (amount, shown) => {
  const machine = { hostname: "web-01", ip: "10.0.0.1" };
  const blast = blastOf({ reservations: [{ role: "kafka", machine: "web-01|10.0.0.1", ...amount }] });
  const dryRun = dryRunReply(
    "prod",
    { names, hosts: "web-01", machines: [machine], terms: TERMS },
    blast,
    [],
  );
  expect(drawn(dryRun)).toContain(`kafka: ${shown} `);
  expect(blastText(blast, 1, names).text).toContain(`(${shown})`);
});
