import { expect, test } from "vitest";
import { GOOD_INI, problems, read } from "./read.js";

const GOOD_YAML = `
all:
  hosts:
    lone:
    second:2222: { ansible_user: root }
  children:
    racks:
      children:
        db:
          hosts:
            db-[a:b]: { ansible_ssh_host: 10.0.1.1 }
            edge:
        web:
          vars: { color: blue }
          hosts:
            web[01:03].example.com:
            edge:
              ansible_host: 10.0.0.9
    single:
      hosts: lone-too
    empty:
`;

test("a YAML inventory gives the same as the INI inventory of the same hosts", () => {
  const yaml = read(GOOD_YAML, "hosts.yml");
  const ini = read(GOOD_INI, "hosts");
  expect([...yaml.hosts].sort()).toEqual([...ini.hosts, "lone-too"].sort());
  expect(yaml.groups).toMatchObject({ db: ini.groups.db, web: ini.groups.web, racks: ini.groups.racks });
  expect(yaml.groups).toMatchObject({ ungrouped: "lone second", single: "lone-too", empty: "" });
});

test("anchors and merge keys are followed", () => {
  const text = "x: &x\n  hosts:\n    a:\n      ansible_host: 10.0.0.1\ny: *x\nz:\n  <<: *x\n";
  expect(read(text, "hosts.yaml")).toMatchObject({ hosts: ["a@10.0.0.1"], groups: { y: "a", z: "a" } });
});

test.each([
  ["", /is empty/],
  ["- a\n- b\n", /not a mapping of groups/],
  ["plugin: aws_ec2\n", /configures an inventory plug-in/],
  ["web:\n  hosts:\n    - a\n", /line 3: The hosts of this group are a list/],
  ["web:\n  children:\n    - a\n", /line 3: The children of this group are a list/],
  ["web: nonsense\n", /line 1: This group needs hosts:/],
  ["web:\n  hosts:\n    a[3:1]:\n", /ends before it begins/],
  [
    "web:\n  children:\n    db:\n      children:\n        web:\n",
    /line 4: This group cannot be a child of the one it is put into/,
  ],
  ["web:\n  children:\n    all:\n", /line \d: This group cannot be a child of the one it is put into/],
  ["web:\n  hosts: {\n", /line \d+: The file is not valid YAML/],
  ["web:\n  hosts:\n    a:\n    a:\n", /line 3: The file has a key \(or a name\) that stands there twice/],
])("what is wrong with %j is told", (text, problem) => {
  expect(problems(text, "hosts.yml")).toEqual([expect.stringMatching(problem)]);
});
