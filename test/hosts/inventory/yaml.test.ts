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
  ["web:\n  hosts:\n    - a\n", /line 2: The hosts of this group are a list/],
  ["web:\n  children:\n    - a\n", /line 2: The children of this group are a list/],
  ["web: nonsense\n", /line 1: This group needs hosts:/],
  ["web:\n  hosts:\n    a[3:1]:\n", /ends before it begins/],
  [
    "web:\n  children:\n    db:\n      children:\n        web:\n",
    /line 3: This group cannot be a child of the one it is put into/,
  ],
  ["web:\n  children:\n    all:\n", /line \d: This group cannot be a child of the one it is put into/],
  ["web:\n  hosts: 5\n", /line 2: The hosts of this group are a single value/],
  ["web:\n  vars: [x]\n", /line 2: The vars of this group are a list; Ansible wants "key: value"/],
  ["web:\n  hosts:\n    a: 10.0.0.1\n", /line 3: The variables of this host are no mapping/],
  ["web:\n  hosts:\n    a: [x]\n", /line 3: The variables of this host are no mapping/],
  ["web:\n  hosts:\n    a: 5\n", /line 3: The variables of this host are no mapping/],
  ["web:\n  hosts:\n    17:\n", /line 3: A name here is a number, is empty or is no text/],
  ["web:\n  hosts:\n    '':\n", /line 3: A host name is missing/],
  ["web:\n  hosts:\n    ~: {}\n", /line 3: A name here is a number/],
  ["web:\n  children:\n    17:\n", /line 3: A name here is a number/],
  ["17:\n  hosts:\n    a:\n", /line 1: A name here is a number/],
  ["true:\n  hosts:\n    a:\n", /line 1: A name here is a number/],
  ["'':\n  hosts:\n    a:\n", /line 1: A name here is a number, is empty/],
  ["web:\n  hosts:\n    a:\n---\nb:\n", /line 4: The file begins a second document/],
  ["web: *gone\n", /line 1: The file has an alias/],
  ["a: &a\n  children:\n    b: *a\n", /in one another more than 200 deep/],
  ["web:\n  hosts: {\n", /line \d+: The file is not valid YAML/],
  ["web:\n  hosts:\n    a:\n    a:\n", /line 4: The file has a key \(or a name\) that stands there twice/],
])("what is wrong with %j is told", (text, problem) => {
  expect(problems(text, "hosts.yml")).toEqual([expect.stringMatching(problem)]);
});

test("words without quotes are what Python's library makes of them, with which Ansible reads", () => {
  for (const none of ["yes", "No", "on", "010", "1_000", "12:30", "0x1f", "2026-11-30"])
    expect(problems(`web: { hosts: { ${none}: } }`, "h.yml")).toEqual([
      expect.stringMatching(/A name here is a number/),
    ]);
  for (const name of ["y", "N", "'yes'", "!!str on", "1e3", "0o17", "2026-11"])
    expect(read(`web: { hosts: { ${name}: } }`, "h.yml").hosts).toHaveLength(1);
});

test("a file that begins with a byte order mark is read", () => {
  expect(read("\uFEFFweb:\n  hosts:\n    a:\n", "h.yml").hosts).toEqual(["a"]);
});

test("a mapping that is merged into very many is not read", () => {
  const vars = Array.from({ length: 1_001 }, (_, n) => `v${n}: 1`).join(", ");
  const hosts = Array.from({ length: 1_001 }, (_, n) => `    h${n}: { <<: *v }`).join("\n");
  const text = `x: { vars: &v { ${vars} } }\nweb:\n  hosts:\n${hosts}\n`;
  expect(problems(text, "h.yml")).toEqual([expect.stringMatching(/merges \(<<\) so much/)]);
});

test("a text that nests without end is not read", () => {
  for (const text of [`a: ${"[".repeat(5_000)}`, `{"a": `.repeat(100_000), "- ".repeat(5_000)])
    expect(problems(text, "h.yml")).toEqual([expect.stringMatching(/in one another so deep/)]);
});

test("empty variables of a host are none, as in Ansible", () => {
  expect(read("web: { hosts: { a: , b: '', c: {}, d: 0 } }", "h.yml").groups).toMatchObject({
    web: "a b c d",
  });
});

test("aliases in aliases stand for no more than an inventory may hold", () => {
  const levels = Array.from({ length: 40 }, (_, at) => {
    const below = at === 0 ? "hosts: { a: }" : `children: { x${at}: *g${at - 1}, y${at}: *g${at - 1} }`;
    return `g${at}: &g${at} { ${below} }`;
  });
  expect(problems(levels.join("\n"), "h.yml")).toEqual([
    expect.stringMatching(/stands for more than 500000/),
  ]);
});

test("own keys outdo those that are merged in, and of these the first", () => {
  const text =
    "x: &x { a: 1, hosts: { b: } }\ny: &y { hosts: { c: } }\nz:\n  <<: [*x, *y]\nw:\n  <<: *x\n  hosts: { d: }\n";
  expect(read(text, "h.yml").groups).toMatchObject({ z: "b", w: "d" });
});
