import { parseInventory } from "../../../src/hosts/inventory/parse.js";
import { atOnce } from "../../../src/maintenance/at-once.js";

/** Hosts with their addresses, and the hosts of each group, of an inventory without mistakes. */
export function read(text: string, name: string) {
  const parsed = atOnce(parseInventory(text, name));
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  const { hosts, groupNames, membersOf } = parsed.inventory;
  return {
    hosts: hosts.map(({ name, address }) => (address === null ? name : `${name}@${address}`)),
    groups: Object.fromEntries(groupNames.map((group) => [group, atOnce(membersOf(group)).join(" ")])),
  };
}

/** What is wrong with an inventory. */
export function problems(text: string, name: string): readonly string[] {
  const parsed = atOnce(parseInventory(text, name));
  return parsed.ok ? [] : parsed.problems;
}

/** An INI inventory with one of everything. */
export const GOOD_INI = `# our machines
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
