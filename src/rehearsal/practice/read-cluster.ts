import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { ConfigError, type Problem } from "../../config/config-error.js";
import { issueProblems, type Places, problemAt, shownPath } from "../../config/issue-problems.js";
import { tryRead } from "../../config/read-file.js";
import { fieldAt, keysAt } from "../../config/schema-walk.js";
import { parseYaml } from "../../config/yaml-source.js";
import type { RehearsalAgent, RehearsalFramework, RehearsalOptions } from "../master/options.js";
import { type PracticeSettings, practiceFile } from "./cluster-schema.js";

/** The most machines that a practice is for; each framework is asked for each of them. */
const MOST_MACHINES = 1_000;

/** The cluster that a file describes. Throws a ConfigError that holds everything that is wrong with it. */
export function readPracticeCluster(path: string): RehearsalOptions {
  const file = tryRead((name) => readFileSync(name, "utf8"), path, true);
  if ("wrong" in file) throw new ConfigError([{ where: "--file", what: file.wrong, example: "" }]);
  return practiceCluster(file.text, basename(path));
}

/** The same from its text; `file` is what it is called in problems. */
export function practiceCluster(text: string, file: string): RehearsalOptions {
  const yaml = parseYaml(text, file);
  if (!yaml.ok) throw new ConfigError(yaml.problems);
  const places: Places = {
    where: (at, isNamed) => `${file}:${yaml.value.lineOf(at)} ${shownPath(at, isNamed)}`.trimEnd(),
    example: (at) => {
      const { field, key } = fieldAt(practiceFile, at);
      const example = field.meta()?.example;
      return key === null || example === undefined ? "" : `${key}: ${String(example)}`;
    },
    keys: (at) => keysAt(practiceFile, at),
  };
  const checked = practiceFile.safeParse(yaml.value.data);
  if (!checked.success) throw new ConfigError(issueProblems(checked.error, places));
  const { mesos, agents_return, machines, frameworks } = checked.data;
  const found: Problem[] = [];
  const refuse = (at: readonly PropertyKey[], what: string) => found.push(problemAt(places, at, what));
  const agents = agentsOf(machines, refuse);
  checkTasks(frameworks, agents, refuse);
  if (found.length > 0) throw new ConfigError(found);
  return { version: mesos, returnAfterMs: agents_return, agents, frameworks: frameworks.map(frameworkOf) };
}

type Refuse = (at: readonly PropertyKey[], what: string) => void;

function agentsOf(entries: PracticeSettings["machines"], refuse: Refuse): readonly RehearsalAgent[] {
  const total = entries.reduce((sum, { hosts }) => sum + hosts.length, 0);
  if (total > MOST_MACHINES) {
    refuse(["machines"], `stand for ${total} machines: a practice takes at most ${MOST_MACHINES}`);
    return [];
  }
  const [names, ips] = [new Set<string>(), new Set<string>()];
  return entries.flatMap((entry, at) =>
    entry.hosts.map((hostname, nth): RehearsalAgent => {
      const ip = ipAfter(entry.first_ip, nth);
      if (names.has(hostname.toLowerCase()))
        refuse(["machines", at, "hosts"], `names ${hostname} a second time`);
      if (ips.has(ip))
        refuse(["machines", at, "first_ip"], `gives ${hostname} the address ${ip} of another machine`);
      names.add(hostname.toLowerCase());
      ips.add(ip);
      const attributes = Object.entries(entry.attributes).map(([name, value]) => [name, turnOf(value, nth)]);
      return {
        hostname,
        ip,
        attributes: Object.fromEntries(attributes),
        ...(entry.zone === undefined ? {} : { zone: turnOf(entry.zone, nth) }),
        ...(entry.region === undefined ? {} : { region: turnOf(entry.region, nth) }),
      };
    }),
  );
}

function checkTasks(
  frameworks: PracticeSettings["frameworks"],
  agents: readonly RehearsalAgent[],
  refuse: Refuse,
): void {
  const known = new Set(agents.map(({ hostname }) => hostname.toLowerCase()));
  for (const [at, { tasks }] of frameworks.entries()) {
    for (const [name, hosts] of Object.entries(tasks)) {
      const missing = hosts.find((host) => !known.has(host.toLowerCase()));
      if (missing !== undefined)
        refuse(["frameworks", at, "tasks", name], `runs on ${missing}, which no entry of machines names`);
    }
  }
}

function frameworkOf(said: PracticeSettings["frameworks"][number]): RehearsalFramework {
  return {
    name: said.name,
    habit: said.habit,
    ...(said.role === undefined ? {} : { role: said.role }),
    ...(said.principal === undefined ? {} : { principal: said.principal }),
    answerAfterMs: said.answers_after,
    moveAfterMs: said.moves_after,
    moveEveryMs: said.moves_every,
    tasks: Object.entries(said.tasks).flatMap(([name, hosts]) => hosts.map((on) => ({ name, on }))),
  };
}

function turnOf(value: string | readonly string[], nth: number): string {
  return typeof value === "string" ? value : (value[nth % value.length] ?? "");
}

function ipAfter(first: string, nth: number): string {
  const number = first.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) + nth;
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join(".");
}
