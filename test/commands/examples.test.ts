import { expect, test } from "vitest";
import { parseCommand } from "../../src/commands/parse.js";
import { VERBS } from "../../src/commands/verbs.js";
import { createHostIndex } from "../../src/hosts/host-index.js";
import { parsePattern } from "../../src/hosts/pattern.js";
import { resolveHosts } from "../../src/hosts/resolve.js";
import { atOnce } from "../../src/maintenance/at-once.js";
import { sampleCluster } from "../../src/rehearsal/master/sample.js";

const demo = {
  clusters: [{ name: "demo", channel: "C01OPS", defaultDurationMs: 7_200_000, maxDurationMs: 604_800_000 }],
  channel: "C01OPS",
  command: "/mesos",
  nowMs: Date.parse("2026-11-30T06:40:00Z"),
  timeZone: "Asia/Shanghai",
};

const agents = (sampleCluster().agents ?? []).map(({ hostname, ip, attributes = {}, region, zone }) => ({
  id: hostname,
  machine: { hostname, ip },
  port: null,
  attributes: Object.entries(attributes).map(([name, value]) => ({ name, value: String(value) })),
  region: region ?? null,
  zone: zone ?? null,
  active: true,
  deactivated: false,
  drain: null,
  resources: null,
}));

const index = atOnce(createHostIndex(agents, null));

test.each(VERBS.flatMap(({ examples }) => examples))("in the demo's cluster one can type %s", (example) => {
  const typed = parseCommand(example, demo);
  const parsed = !typed.ok && typed.isOffer ? parseCommand(typed.reply.line ?? "", demo) : typed;
  if (!parsed.ok) throw new Error(parsed.reply.text);
  const { command } = parsed;
  const target = "target" in command && command.target?.kind === "hosts" ? command.target.hosts : null;
  const hosts = "hosts" in command ? command.hosts : target;
  if (hosts === null) return;
  const pattern = parsePattern(hosts);
  if (!pattern.ok) throw new Error(pattern.problem);
  const resolved = atOnce(resolveHosts(pattern.pattern, index));
  expect(resolved.ok && resolved.resolution).toMatchObject({
    machines: expect.arrayContaining([expect.anything()]),
    matchedNothing: [],
    unknown: [],
  });
});
