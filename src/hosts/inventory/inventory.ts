/** Hosts and groups of an Ansible inventory; variables other than the address are not kept. */
export interface Inventory {
  /** What people call it: the file's name. */
  readonly name: string;
  /**
   * In the order in which they first stand in the file: the order of Ansible's results. `address` is `ansible_host` (or
   * the older `ansible_ssh_host`): where Ansible connects to; `null` if not given.
   */
  readonly hosts: readonly { readonly name: string; readonly address: string | null }[];
  /** Hosts of every group, children included and before the group's own; with `all` and `ungrouped`. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

export type ParsedInventory =
  | { readonly ok: true; readonly inventory: Inventory }
  /**
   * Every problem found, each a sentence with its line number. None repeats a word of the file: inventories hold passwords, and a
   * file with a mistake is read otherwise than it was meant.
   */
  | { readonly ok: false; readonly problems: readonly string[] };
