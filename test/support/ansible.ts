import { spawnSync } from "node:child_process";

/** For `suiteFor`: whether ansible-core is on this machine. */
export const ansibleAvailable: true | string =
  spawnSync("ansible-playbook", ["--version"]).status === 0 ||
  "ansible-playbook (ansible-core) is not installed";
