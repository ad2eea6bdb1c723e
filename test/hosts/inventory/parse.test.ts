import fc from "fast-check";
import { expect, test } from "vitest";
import { parseInventory } from "../../../src/hosts/inventory/parse.js";
import { runs } from "../../support/fast-check.js";
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
  expect(problems("#!/usr/bin/env python3\n", "ec2")).toEqual([expect.stringMatching(/^ec2 is a program/)]);
});

test("no text makes the parser of inventories throw", () => {
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
