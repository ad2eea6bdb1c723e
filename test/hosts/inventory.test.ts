import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseInventory } from "../../src/hosts/inventory/parse.js";
import { runs } from "../support/fast-check.js";

function read(text: string, name: string) {
  const parsed = parseInventory(text, name);
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  const { hosts, groups } = parsed.inventory;
  return {
    hosts: hosts.map(({ name, address }) => (address === null ? name : `${name}@${address}`)),
    groups: Object.fromEntries([...groups].map(([group, members]) => [group, members.join(" ")])),
  };
}

function problems(text: string, name: string): readonly string[] {
  const parsed = parseInventory(text, name);
  return parsed.ok ? [] : parsed.problems;
}

const INI = `\uFEFF# our machines
lone   ; not a comment here, so a mistake would show
`;

const GOOD_INI = `# our machines
; and another comment
lone
second:2222 ansible_user=root   # a comment at the end

[web]   # the front
web[01:03].example.com ansible_port=22
edge ansible_host=10.0.0.9 note="a # b = c" other='x y'
[db]
db-[a:b] ansible_ssh_host=10.0.1.1
edge
[web:vars]
color = blue
[racks:children]
db   # first
web
[db:vars]
x=1
`;

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

describe("INI", () => {
  test("reads hosts, ranges, ports, addresses, groups and children", () => {
    expect(read(GOOD_INI, "hosts")).toEqual({
      hosts: [
        "lone",
        "second",
        "web01.example.com",
        "web02.example.com",
        "web03.example.com",
        "edge@10.0.0.9",
        "db-a@10.0.1.1",
        "db-b@10.0.1.1",
      ],
      groups: {
        all: "lone second db-a db-b edge web01.example.com web02.example.com web03.example.com",
        ungrouped: "lone second",
        web: "web01.example.com web02.example.com web03.example.com edge",
        db: "db-a db-b edge",
        racks: "db-a db-b edge web01.example.com web02.example.com web03.example.com",
      },
    });
  });

  test("takes a host out of ungrouped once a group has it", () => {
    expect(read("a\nb\n[web]\na\n", "hosts.ini").groups).toEqual({ all: "b a", ungrouped: "b", web: "a" });
  });

  test("does not take an address from a template, which only Ansible can fill in", () => {
    expect(read("a ansible_host='{{ lookup }}'", "hosts.ini").hosts).toEqual(["a"]);
  });

  test("tells every mistake with its line", () => {
    const text = [
      INI,
      "web01 web02",
      "[web servers]",
      "[web:kids]",
      "[web:children]",
      "nowhere",
      "[gone:vars]",
      "x=1",
    ];
    const more = [
      "[a:children]",
      "b",
      "[b:children]",
      "a",
      "[c]",
      'host note="open',
      "web[3:1]",
      "web[01:9]",
      "h[",
    ];
    expect(problems([...text, ...more].join("\n"), "hosts.ini")).toEqual([
      expect.stringMatching(/^hosts\.ini, line 2: .*key=value, not ";"/),
      expect.stringMatching(/line 4: .*not "web02"; one host on a line/),
      expect.stringMatching(/line 5: \[web servers\] is not a section/),
      expect.stringMatching(/line 6: \[web:kids\] is of an unknown kind/),
      expect.stringMatching(/line 16: A quote is not closed/),
      expect.stringMatching(/line 17: .*ends before it begins/),
      expect.stringMatching(/line 18: .*same number of digits/),
      expect.stringMatching(/line 19: .*unbalanced bracket/),
      expect.stringMatching(/line 8: \[web:children\] needs the group "nowhere"/),
      expect.stringMatching(/line 9: \[gone:vars\] needs the group "gone"/),
      expect.stringMatching(/line 14: "a" cannot be a child of "b"/),
    ]);
  });
});

describe("YAML", () => {
  test("reads the same from the same inventory", () => {
    const yaml = read(GOOD_YAML, "hosts.yml");
    const ini = read(GOOD_INI, "hosts");
    expect([...yaml.hosts].sort()).toEqual([...ini.hosts, "lone-too"].sort());
    expect(yaml.groups).toMatchObject({ db: ini.groups.db, web: ini.groups.web, racks: ini.groups.racks });
    expect(yaml.groups).toMatchObject({ ungrouped: "lone second", single: "lone-too", empty: "" });
  });

  test("follows anchors and merge keys", () => {
    const text = "x: &x\n  hosts:\n    a:\n      ansible_host: 10.0.0.1\ny: *x\nz:\n  <<: *x\n";
    expect(read(text, "hosts.yaml")).toMatchObject({ hosts: ["a@10.0.0.1"], groups: { y: "a", z: "a" } });
  });

  test("is known by its looks where the name does not tell, JSON too", () => {
    expect(read("---\nweb:\n  hosts:\n    a:\n", "inventory").groups).toMatchObject({ web: "a" });
    expect(read("# x\nweb:\n  hosts:\n    a:\n", "inventory").groups).toMatchObject({ web: "a" });
    expect(read('{"web": {"hosts": {"a": {"ansible_host": "10.0.0.1"}}}}', "hosts.json").hosts).toEqual([
      "a@10.0.0.1",
    ]);
    expect(read("[web]\na\n", "inventory").groups).toMatchObject({ web: "a" });
  });

  test.each([
    ["", /is empty/],
    ["- a\n- b\n", /not a mapping of groups/],
    ["plugin: aws_ec2\n", /plug-in "aws_ec2"/],
    ["web:\n  hosts:\n    - a\n", /line 3: The hosts of "web" are a list/],
    ["web:\n  children:\n    - a\n", /line 3: The children of "web" are a list/],
    ["web: nonsense\n", /line 1: The group "web" needs hosts:/],
    ["web:\n  hosts:\n    a[3:1]:\n", /ends before it begins/],
    ["web:\n  children:\n    db:\n      children:\n        web:\n", /"web" cannot be a child of "db"/],
    ["web:\n  hosts: {\n", /line \d+: /],
    ["web:\n  hosts:\n    a:\n    a:\n", /line 3: .*unique/],
  ])("%j is told", (text, problem) => {
    expect(problems(text, "hosts.yml")).toEqual([expect.stringMatching(problem)]);
  });
});

test("a program is refused, not run", () => {
  expect(problems("#!/usr/bin/env python3\n", "ec2")).toEqual([expect.stringMatching(/^ec2 is a program/)]);
});

test("no text makes the parser throw", () => {
  const piece = fc.constantFrom(
    "[",
    "]",
    "web",
    ":",
    "children",
    "\n",
    " ",
    "=",
    '"',
    "#",
    "a[1:3]",
    "vars",
    "-",
    "&",
    "*",
    "{",
    "hosts:",
  );
  const text = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.string(), text), fc.constantFrom("h.ini", "h.yml", "h"), (content, name) => {
      parseInventory(content, name);
    }),
    { numRuns: runs(1_000) },
  );
});
