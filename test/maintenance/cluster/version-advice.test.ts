import { expect, test } from "vitest";
import { versionAdvice } from "../../../src/maintenance/cluster/version-advice.js";

const ALL = ["MESOS-7966", "MESOS-10109", "MESOS-10018"];

test.each([
  ["0.28.2", ALL],
  ["1.0.0", ALL],
  ["1.6.2", ALL],
  ["1.7.0", ALL.slice(1)],
  ["1.7.2", ALL.slice(1)],
  ["1.7.3", ["MESOS-10109"]],
  ["1.8.1", ALL.slice(1)],
  ["1.9.0", ALL.slice(1)],
  ["1.9.0-rc1", ALL.slice(1)],
  ["1.10.0", []],
  ["1.11.0", []],
  ["1.12.0", []],
  ["2.0.0", []],
  ["1.6", ALL],
  ["", []],
  ["unknown", []],
])("Mesos %s is known to have %j", (version, issues) => {
  const advice = versionAdvice(version);
  expect(advice.map((sentence) => /MESOS-\d+/.exec(sentence)?.[0])).toEqual(issues);
  for (const sentence of advice)
    expect(sentence).toMatch(/^Mesos [\w.-]+ has MESOS-\d+: .*, so .* Fixed in [\d. and]+\.$/);
});
