import { basename } from "node:path";
import type { HostResult } from "./run-result.js";

/** Whether a program is one of those whose exit codes and recap are read here. */
export function isAnsible(program: string): boolean {
  return ["ansible-playbook", "ansible"].includes(basename(program));
}

/**
 * Exit codes of ansible-core, from its sources: `TaskQueueManager.RUN_*`, `cli/__init__.py`, and 2 also from Python's
 * argparse. A host that failed beside one that was unreachable is told as unreachable (4).
 */
const WORDS: Readonly<Record<number, string>> = {
  1: "an error in Ansible or in what it was given",
  2: "a host failed, or Ansible does not know an option",
  4: "a host was unreachable, or a file could not be parsed",
  5: "bad or incomplete options",
  6: "text that is not UTF-8",
  99: "somebody interrupted it",
  250: "an unexpected error in Ansible",
  255: "an unknown error in Ansible",
};

/** What an exit code of Ansible's means; `null` when it is none that is known. */
export function ansibleCode(code: number): string | null {
  return WORDS[code] ?? null;
}

/** What the last recap of a playbook says. */
export interface Recap {
  /** Whether it names any host, ours or not. */
  readonly isEmpty: boolean;
  readonly hosts: readonly HostResult[];
}

/**
 * How hosts came out by the last `PLAY RECAP` of an output without colours; those that it does not name were not run.
 * `null` when there is none: the run broke off, or another callback of Ansible's prints the output.
 */
export function recapOf(output: string, hostnames: readonly string[]): Recap | null {
  const at = output.lastIndexOf("\nPLAY RECAP *");
  if (at < 0) return null;
  const lines = [
    ...output.slice(at).matchAll(/^(\S+) +: +ok=\d+ +changed=\d+ +unreachable=(\d+) +failed=(\d+)/gm),
  ];
  const said = new Map(
    lines.map(([, host = "", unreachable, failed]) => [host, howOf(Number(unreachable), Number(failed))]),
  );
  return {
    isEmpty: said.size === 0,
    hosts: hostnames.map((hostname) => ({ hostname, how: said.get(hostname) ?? "not_run" })),
  };
}

function howOf(unreachable: number, failed: number): HostResult["how"] {
  if (unreachable > 0) return "unreachable";
  return failed > 0 ? "failed" : "ok";
}
