import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** For `suiteFor`: whether ansible-core is on this machine. */
export const ansibleAvailable: true | string =
  spawnSync("ansible-playbook", ["--version"]).status === 0 ||
  "ansible-playbook (ansible-core) is not installed";

/** The Python that has ansible-core: the one that its programs name in their first line; `null` where there is none. */
export const ansiblePython: string | null = pythonOf(
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "ansible-playbook"))
    .find((path) => existsSync(path)),
);

function pythonOf(program: string | undefined): string | null {
  return program === undefined ? null : (/^#!\s*(\S+)/.exec(readFileSync(program, "utf8"))?.[1] ?? null);
}
