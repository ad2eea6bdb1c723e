import { expect, test } from "vitest";
import { parseInventory } from "../../../src/hosts/inventory/parse.js";
import { atOnce } from "../../../src/maintenance/at-once.js";
import { GOOD_INI, problems, read } from "./read.js";

const BEGINNING = `\uFEFF# our machines
lone   ; not a comment here, so a mistake would show
`;

test("an INI inventory gives hosts, ranges, ports, addresses, groups and children", () => {
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

test("a host leaves ungrouped once a group has it", () => {
  expect(read("a\nb\n[web]\na\n", "hosts.ini").groups).toEqual({ all: "b a", ungrouped: "b", web: "a" });
});

test.each([
  ["[x:children]\nall\n", /line 2: This group cannot be a child/],
  ["[x:children]\nx\n", /line 2: This group cannot be a child/],
  ["[all:children]\nx\n[x:children]\ny\n[y:children]\nall\n", /line 6: This group cannot be a child/],
  ["[a:children]\nb\n[b:children]\nc\n[c:children]\na\nd\n[d]\n", /line 6: This group cannot be a child/],
])("the circle of %j is told with the line that closes it", (text, problem) => {
  expect(problems(text, "hosts.ini")).toEqual([expect.stringMatching(problem)]);
});

test("groups may nest however deep", () => {
  const deep = Array.from({ length: 20_000 }, (_, at) => `[g${at}:children]\ng${at + 1}`).reverse();
  const text = [...deep, "[g20000]", "a"].join("\n");
  const parsed = atOnce(parseInventory(text, "hosts.ini"));
  expect(parsed.ok && atOnce(parsed.inventory.membersOf("g0"))).toEqual(["a"]);
});

test("an address is not taken from a template, which only Ansible can fill in", () => {
  expect(read("a ansible_host='{{ lookup }}'", "hosts.ini").hosts).toEqual(["a"]);
});

test("every mistake in an INI inventory is told with its line", () => {
  const text = [
    BEGINNING,
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
    expect.stringMatching(/^hosts\.ini, line 2: After the host come variables as key=value; one host/),
    expect.stringMatching(/line 4: After the host come variables as key=value; one host on a line/),
    expect.stringMatching(/line 5: This is not a section/),
    expect.stringMatching(/line 6: This section is of an unknown kind/),
    expect.stringMatching(/line 16: A quote is not closed/),
    expect.stringMatching(/line 17: .*ends before it begins/),
    expect.stringMatching(/line 18: .*same number of digits/),
    expect.stringMatching(/line 19: .*unbalanced bracket/),
    expect.stringMatching(/line 8: The group that is named here is nowhere in the file/),
    expect.stringMatching(/line 9: The group that is named here is nowhere in the file/),
    expect.stringMatching(/line 14: This group cannot be a child of the one it is put into/),
  ]);
});
