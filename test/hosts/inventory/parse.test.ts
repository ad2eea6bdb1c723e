import { expect, test } from "vitest";
import { problems, read } from "./read.js";

test("YAML is known by its looks where the name does not tell, JSON too", () => {
  expect(read("---\nweb:\n  hosts:\n    a:\n", "inventory").groups).toMatchObject({ web: "a" });
  expect(read("# x\nweb:\n  hosts:\n    a:\n", "inventory").groups).toMatchObject({ web: "a" });
  expect(read('{"web": {"hosts": {"a": {"ansible_host": "10.0.0.1"}}}}', "hosts.json").hosts).toEqual([
    "a@10.0.0.1",
  ]);
  expect(read("[web]\na\n", "inventory").groups).toMatchObject({ web: "a" });
});

test("an inventory that is a program is refused, not run", () => {
  expect(problems("#!/usr/bin/env python3\n", "ec2")).toEqual([
    expect.stringMatching(/^ec2: This is a program/),
  ]);
});

test.each([
  ["[web]\na\n", "h.yml"],
  ["# x\nweb-01 ansible_host=10.0.0.1\n", "h.yaml"],
  ["web-01\nweb-02\n\n[db:children]\nx\n", "h.json"],
])("INI in a file that is named as YAML is told as that: %j", (text, name) => {
  expect(problems(text, name)).toEqual([
    `${name}: This is an INI inventory, and its name is that of YAML: name it .ini.`,
  ]);
});

test.each(["---\nweb:\n", "all:\n  hosts:\n", '{"all": {}}'])(
  "YAML in a file that is named as INI is told as that: %j",
  (text) => {
    expect(problems(text, "h.ini")).toEqual([
      "h.ini: This is a YAML inventory, and its name is that of INI: name it .yml.",
    ]);
  },
);
