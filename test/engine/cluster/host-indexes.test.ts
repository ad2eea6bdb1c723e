import { expect, test } from "vitest";
import { createHostIndexes, type Hosts } from "../../../src/engine/cluster/host-indexes.js";
import { parseInventory } from "../../../src/hosts/inventory/parse.js";
import { atOnce } from "../../../src/maintenance/at-once.js";
import { agent } from "../../support/world.js";

function inventoryOf(text: string): NonNullable<Hosts["inventory"]> {
  const parsed = atOnce(parseInventory(text, "hosts.ini"));
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  return parsed.inventory;
}

const agents = [agent("web-01"), agent("web-02")];

const rack = (value: string) => agent("web-09", { attributes: [{ name: "rack", value }] });

const hosts: Hosts = { agents, away: [rack("r1")], inventory: inventoryOf("[web]\nweb-01\n") };

test("an index holds as long as agents, machines that are away and the inventory are the same", async () => {
  const indexOf = createHostIndexes();
  const first = indexOf(hosts);
  expect(indexOf({ ...hosts, away: [rack("r1")] })).toBe(first);
  expect((await first).hosts.map(({ name }) => name)).toEqual(["web-01", "web-02", "web-09"]);
});

test.each<[string, Partial<Hosts>]>([
  ["the agents are others", { agents: [...agents] }],
  ["a machine is away no longer", { away: [] }],
  ["of one that is away something else is known", { away: [rack("r2")] }],
  ["the inventory was read again", { inventory: inventoryOf("[web]\nweb-02\n") }],
])("another index is made when %s", (_, changes) => {
  const indexOf = createHostIndexes();
  expect(indexOf({ ...hosts, ...changes })).not.toBe(indexOf(hosts));
});

test("an index that could not be made is made again", async () => {
  const indexOf = createHostIndexes();
  const broken = [...agents];
  Object.defineProperty(broken, 0, { get: () => undefined, configurable: true });
  await expect(indexOf({ ...hosts, agents: broken })).rejects.toThrow();
  Object.defineProperty(broken, 0, { value: agents[0] });
  expect((await indexOf({ ...hosts, agents: broken })).hosts).toHaveLength(3);
});
