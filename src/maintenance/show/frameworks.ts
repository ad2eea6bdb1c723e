import { type Habit, habitSentence } from "../answers/habits.js";
import { frameworkNamesIn } from "../cluster/framework-names.js";
import type { World } from "../cluster/world.js";
import { answeringOf, factLines, fatesOf, takenFor } from "../frameworks/facts.js";
import { type FrameworkMapping, recogniser } from "../frameworks/recognise.js";
import { FAMILIES } from "../frameworks/table.js";
import { groupBy } from "../group-by.js";
import type { Maintenance } from "../record/record.js";
import { counted } from "../text/list.js";
import { type Reply, replyOf } from "../text/reply.js";
import { tableOf, tablesOf } from "../text/table.js";

type Known = Pick<Maintenance["frameworks"][number], "family" | "by" | "driver">;

/**
 * What is known of one framework, in one line: what it did in finished maintenances, then what its driver and its kind say.
 * Where the two speak of the same thing, only what was seen is said.
 */
export function explanation({ family, by, driver }: Known, habit: Habit | null): string | null {
  const hasAnswered = habit !== null && habit.accepted + habit.declined > 0;
  const kind = takenFor({ family, by });
  const answering =
    driver === "old" || habit !== null || kind === null ? null : answeringOf({ family, driver });
  const parts = [
    habit === null ? null : habitSentence(habit),
    driver === "old" && !hasAnswered ? "uses the old driver, cannot answer inverse offers" : null,
    kind,
    answering,
    kind === null ? null : fatesOf({ family, driver }),
  ];
  const said = parts.filter((part) => part !== null);
  return said.length === 0 ? null : said.join("; ");
}

const NOTHING: Known = { family: null, by: null, driver: null };

/** What is known of the frameworks of a maintenance, by name; of several with one name only what is so of all. */
export function explanationsOf(
  record: Maintenance,
  habits: ReadonlyMap<string, Habit>,
): ReadonlyMap<string, string> {
  const kinds = groupBy(record.frameworks, ({ name }) => name);
  const names = new Set([...kinds.keys(), ...habits.keys()]);
  const lines = [...names].flatMap((name): [string, string][] => {
    const line = explanation(common(kinds.get(name) ?? []), habits.get(name) ?? null);
    return line === null ? [] : [[name, line]];
  });
  return new Map(lines);
}

function common(kinds: readonly Known[]): Known {
  const [first = NOTHING, ...more] = kinds;
  const isSame = (key: keyof Known) => more.every((kind) => kind[key] === first[key]);
  return {
    family: isSame("family") ? first.family : null,
    by: isSame("by") ? first.by : null,
    driver: isSame("driver") ? first.driver : null,
  };
}

const DRIVER = { old: "old", http: "HTTP API" } as const;

/** What `/mesos frameworks` answers: each framework of the cluster, what it is taken for, what was seen and read of it. */
export function frameworksReply(
  world: World,
  mapping: readonly FrameworkMapping[],
  habits: ReadonlyMap<string, Habit>,
): Reply {
  const tasks = world.tasks.byFramework();
  const kindOf = recogniser(mapping);
  const nameOf = frameworkNamesIn(world);
  const rows = world.frameworks
    .map((framework) => ({
      name: nameOf(framework.id) ?? framework.name,
      kind: kindOf(framework),
      tasks: tasks.get(framework.id) ?? 0,
    }))
    .sort((a, b) => b.tasks - a.tasks || a.name.localeCompare(b.name));
  const known = rows.filter(({ kind }) => kind.family !== null).length;
  const names = [...new Set(rows.map(({ name }) => name))];
  const seen = names.flatMap((name) => habits.get(name) ?? []);
  const kinds = new Map(rows.map(({ kind }) => [JSON.stringify([kind.family, kind.driver]), kind] as const));
  const read = [...kinds.values()].flatMap((kind) => {
    if (kind.family === null) return [];
    const which = kind.driver === null ? "" : ` (${DRIVER[kind.driver]})`;
    return [
      [`${FAMILIES[kind.family].name}${which}`, ...factLines(kind).map((line) => `  ${line}`)].join("\n"),
    ];
  });
  const table = tablesOf(
    tableOf(rows, [
      { title: "FRAMEWORK", cut: "middle", cell: ({ name }) => name },
      { title: "TASKS", align: "right", cell: (row) => row.tasks },
      { title: "DRIVER", cell: ({ kind }) => (kind.driver === null ? "not known" : DRIVER[kind.driver]) },
      { title: "KIND", cut: "middle", cell: ({ kind }) => takenFor(kind) ?? "not known" },
    ]),
    tableOf(seen, [
      { title: "FRAMEWORK", cut: "middle", cell: ({ framework }) => framework },
      { title: "SO FAR", cell: habitSentence },
    ]),
    ...read,
  );
  const count = rows.length === 0 ? "no framework" : counted(rows.length, "framework");
  const old = rows.filter(({ kind }) => kind.driver === "old").length;
  const cannot =
    old === 0
      ? ""
      : ` ${old} of them ${old === 1 ? "uses" : "use"} the old driver and cannot answer inverse offers.`;
  return replyOf({
    tone: "info",
    text: `${world.cluster}: ${count}; what ${known} of them ${known === 1 ? "is" : "are"} is known.${cannot} What was seen counts more than what was read of a kind, and neither decides anything.`,
    next:
      known === rows.length
        ? null
        : "What others are can be said with frameworks in the clusters file (docs/frameworks.md).",
    table,
  });
}
