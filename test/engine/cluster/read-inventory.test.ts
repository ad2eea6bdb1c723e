import { expect, test } from "vitest";
import { readInventory } from "../../../src/engine/cluster/inventory/read-inventory.js";
import { parseInventory } from "../../../src/hosts/inventory/parse.js";
import { atOnce } from "../../../src/maintenance/at-once.js";

test("a file is read the same in a thread and in turns as at once", async () => {
  for (const [text, name] of [
    ["[web]\na ansible_host=10.0.0.1\n", "h.ini"],
    ["web: &w { hosts: { a: { ansible_host: 10.0.0.1 } } }\nx: *w\n", "h.yml"],
    ["web:\n  hosts:\n    a: x\n", "h.yml"],
    ["web: [", "h.yml"],
    ["#!/bin/sh\n", "h"],
  ] as const) {
    const [once, inTurns] = [atOnce(parseInventory(text, name)), await readInventory(text, name)];
    const shown = (parsed: typeof once) =>
      parsed.ok ? [parsed.inventory.hosts, parsed.inventory.groupNames] : parsed.problems;
    expect(shown(inTurns)).toEqual(shown(once));
  }
});
