import { parseArgs } from "node:util";
import { versionOf } from "./against.js";
import { type Effort, type Figures, FULL, progress, QUICK } from "./figures.js";
import { loadNow, machine, redisVersion } from "./machine.js";
import { MEASUREMENTS, type Measurement } from "./rows.js";

const NAMES = MEASUREMENTS.map(({ name }) => name)
  .toSorted()
  .join(", ");

const HELP = `Usage: npm run bench -- [--json] [--quick] [--only NAME[,NAME]] [--against COMMIT]

Measures the program as it is built, each figure beside a yardstick from the same run.
docs/performance.md says what is measured and how to read it.

  --json    one JSON object on stdout, on one line, instead of a table
  --quick   a few repetitions only: to see that it works, not to compare
  --only    some of: ${NAMES}
  --against a commit of this repository: it is built aside, and drain, footprint, loop, masterload and watch
            show its figures beside ours
`;

async function bench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean" },
      quick: { type: "boolean" },
      only: { type: "string" },
      against: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const wanted = chosen(values.only);
  const other = values.against === undefined ? null : await versionOf(values.against);
  const effort = { ...(values.quick ? QUICK : FULL), against: other?.main ?? null };
  try {
    const results = await measureAll(wanted, effort);
    process.stdout.write(values.json ? `${JSON.stringify(results)}\n` : readable(results));
  } finally {
    await other?.dispose();
  }
}

async function measureAll(wanted: readonly Measurement[], effort: Effort): Promise<Figures> {
  const results: Record<string, Figures> = { machine: machine() };
  for (const { name, needsRedis, measure } of wanted) {
    if (needsRedis && redisVersion() === null) {
      const skipped =
        "redis-server is not installed, and this is measured on Redis. Install it and run again.";
      progress(`${name}: left out: ${skipped}`);
      results[name] = { skipped };
    } else results[name] = await measure(effort).catch((error: unknown) => failedBecause(name, error));
  }
  return { ...results, machine: { ...results.machine, loadAfter: loadNow() } };
}

/** What one measurement failed with does not take away the figures of the others. */
function failedBecause(name: string, error: unknown): Figures {
  process.exitCode = 1;
  progress(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return { failed: error instanceof Error ? error.message : String(error) };
}

function chosen(only: string | undefined): readonly Measurement[] {
  if (only === undefined) return MEASUREMENTS;
  return only.split(",").map((name) => {
    const found = MEASUREMENTS.find((one) => one.name === name.trim());
    if (found !== undefined) return found;
    throw new Error(`There is no measurement ${name}; nothing was measured. Choose among ${NAMES}.`);
  });
}

/** The figures as lines of `path  value`, for people. */
function readable(figures: Figures): string {
  const lines = flat(figures, "");
  const width = Math.max(...lines.map(([path]) => path.length));
  return lines.map(([path, value]) => `${path.padEnd(width)}  ${value}\n`).join("");
}

function flat(figures: Figures, prefix: string): [string, string][] {
  return Object.entries(figures).flatMap(([name, value]): [string, string][] => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    return typeof value === "object" ? flat(value, path) : [[path, String(value)]];
  });
}

bench(process.argv.slice(2)).then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
