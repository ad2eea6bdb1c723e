import type { Steps } from "../steps.js";

/** Hosts and groups of an Ansible inventory; variables other than the address are not kept. */
export interface Inventory {
  /** What people call it: the file's name. */
  readonly name: string;
  /** In the order in which they first stand in the file: the order of Ansible's results. */
  readonly hosts: readonly InventoryHost[];
  /** In the order in which the file makes them, `all` and `ungrouped` first. */
  readonly groupNames: readonly string[];
  /**
   * The hosts of a group, each once, in Ansible's order: level by level, a group's own before those of its children, and
   * these in the order in which they are linked. None for a name that is no group.
   */
  membersOf(group: string): Steps<readonly string[]>;
}

/** A host of the inventory, with what Ansible connects to as far as the host's own variables say. */
export interface InventoryHost {
  readonly name: string;
  /** `ansible_host`, or the older `ansible_ssh_host`; `null` if not given. */
  readonly address: string | null;
  /** Whether it has another port than that of SSH: then the address is often that of a gateway with many hosts behind it. */
  readonly hasOwnPort: boolean;
}

export type ParsedInventory =
  | { readonly ok: true; readonly inventory: Inventory }
  /**
   * Every problem found, each a sentence with its line number. None repeats a word of the file: inventories hold passwords, and a
   * file with a mistake is read otherwise than it was meant.
   */
  | { readonly ok: false; readonly problems: readonly string[] };
