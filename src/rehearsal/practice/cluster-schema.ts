import { z } from "zod";
import { duration, line, matching, oneOf, text } from "../../config/fields.js";
import { hostNames } from "../../hosts/inventory/builder.js";
import { HABITS } from "../master/options.js";

/** Host names as an inventory writes them, several with a comma between: `web-[01:06],db-01`. */
const hosts = text("has to be host names, such as web-[01:06]", (input) => {
  const names: string[] = [];
  for (const entry of input.split(",")) {
    const expanded = hostNames(entry.trim());
    if (!expanded.ok) return { wrong: `has host names that cannot be read: ${expanded.problem}` };
    for (const name of expanded.names()) names.push(name);
  }
  return { value: names };
});

const ipv4 = z.ipv4({ error: "is not an IPv4 address, such as 10.20.1.11" });

/** One value for all machines, or several that are given out by turns. */
const byTurns = z.union([line, z.array(line).min(1, "is an empty list")], {
  error: "is neither a text nor a list of texts",
});

const machines = z.strictObject(
  {
    hosts: hosts.meta({ example: "web-[01:06]" }),
    first_ip: ipv4.meta({ example: "10.20.1.11" }),
    attributes: z
      .record(line, byTurns, { error: "is not a map of attributes" })
      .prefault({})
      .meta({ example: "{ rack: [r1, r2, r3] }" }),
    zone: byTurns.optional().meta({ example: "[eu-1a, eu-1b]" }),
    region: byTurns.optional().meta({ example: "eu-1" }),
  },
  { error: "is not a map with hosts and first_ip" },
);

const framework = z.strictObject(
  {
    name: line.meta({ example: "marathon" }),
    habit: oneOf(HABITS).meta({ example: "mover" }),
    role: line.optional().meta({ example: "kafka" }),
    principal: line.optional().meta({ example: "kafka" }),
    answers_after: duration().prefault("5s").meta({ example: "5s" }),
    moves_after: duration().prefault("10s").meta({ example: "10s" }),
    moves_every: duration().prefault("10s").meta({ example: "10s" }),
    tasks: z
      .record(line, hosts, { error: "is not a map of tasks and the hosts they run on" })
      .prefault({})
      .meta({ example: "{ shop.frontend: web-01 }" }),
  },
  { error: "is not a map with name and habit" },
);

/** The file of a practice cluster, keys as they are written in it. */
export const practiceFile = z.strictObject(
  {
    mesos: matching(/^\d+\.\d+\.\d+$/, "is not a version such as 1.11.0")
      .prefault("1.11.0")
      .meta({ example: "1.11.0" }),
    agents_return: duration().prefault("30s").meta({ example: "30s" }),
    machines: z
      .array(machines, { error: "has to be a list of machines" })
      .min(1, "lists no machine")
      .meta({ example: "[{ hosts: web-[01:06], first_ip: 10.20.1.11 }]" }),
    frameworks: z
      .array(framework, { error: "has to be a list of frameworks" })
      .prefault([])
      .meta({ example: "[{ name: marathon, habit: mover, tasks: { web: web-01 } }]" }),
  },
  { error: "is not a map with machines and frameworks" },
);

export type PracticeSettings = z.output<typeof practiceFile>;
