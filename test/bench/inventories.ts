import { inTurns } from "../../src/base/in-turns.js";
import { readInventory } from "../../src/engine/cluster/inventory/read-inventory.js";
import { createHostIndex } from "../../src/hosts/host-index.js";
import { parsePattern } from "../../src/hosts/pattern.js";
import { resolveHosts } from "../../src/hosts/resolve.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { median, middle, ratio, rounded } from "./numbers.js";

const HOSTS = 20_000;

const AIM = { ms: 1_000, pauseMs: 50 };

/** More than one term, every kind that looks at all hosts, and names in a range. */
const PATTERN = "web-*:~.*7:&*e*:!web-[1:9999].example.com:!*-1?3.*";

interface Look {
  readonly ms: number;
  /** The longest that the event loop stood still meanwhile. */
  readonly pauseMs: number;
}

/**
 * Inventories of 20,000 hosts, each with an address: read, and a pattern resolved on them. The yardstick is JSON.parse of the same
 * hosts. `growth` is against half as many hosts: 2 is linear.
 */
export async function measureInventories(effort: Effort): Promise<Figures> {
  const figures: Record<string, Figures> = {};
  for (const form of ["ini", "yml"] as const) {
    const whole: Look[] = [];
    const half: Look[] = [];
    const resolving: Look[] = [];
    const parsing: number[] = [];
    for (let round = 0; round <= effort.decoders; round++) {
      progress(`inventory: ${form}, round ${round} of ${effort.decoders}`);
      const read = await looked(() => readInventory(textOf(form, HOSTS), `hosts.${form}`));
      const less = await looked(() => readInventory(textOf(form, HOSTS / 2), `hosts.${form}`));
      const json = JSON.stringify(Array.from({ length: HOSTS }, (_, at) => [nameOf(at), addressOf(at)]));
      const from = performance.now();
      JSON.parse(json);
      const parsedMs = performance.now() - from;
      const parsed = read.value;
      if (!parsed.ok) throw new Error(parsed.problems.join(" "));
      const pattern = parsePattern(PATTERN);
      if (!pattern.ok) throw new Error(pattern.problem);
      const resolved = await looked(async () =>
        inTurns(resolveHosts(pattern.pattern, await inTurns(createHostIndex([], parsed.inventory)))),
      );
      // The first of all is the one with nothing compiled yet.
      if (round === 0) continue;
      whole.push(read);
      half.push(less);
      resolving.push(resolved);
      parsing.push(parsedMs);
    }
    const ms = middle(whole, (one) => one.ms);
    const longest = (looks: readonly Look[]) => rounded(Math.max(...looks.map(({ pauseMs }) => pauseMs)));
    figures[form] = {
      ms,
      pauseMs: longest(whole),
      growth: ratio(
        ms,
        middle(half, (one) => one.ms),
      ),
      resolveMs: middle(resolving, (one) => one.ms),
      resolvePauseMs: longest(resolving),
      yardstick: { ms: rounded(median(parsing)) },
      met: ms <= AIM.ms && longest(whole) <= AIM.pauseMs && longest(resolving) <= AIM.pauseMs,
    };
  }
  return { ...figures, hosts: HOSTS, aim: AIM };
}

async function looked<T>(work: () => Promise<T>): Promise<Look & { readonly value: T }> {
  let pauseMs = 0;
  let isOver = false;
  let sinceMs = performance.now();
  const beat = () => {
    pauseMs = Math.max(pauseMs, performance.now() - sinceMs);
    sinceMs = performance.now();
    if (!isOver) setImmediate(beat);
  };
  setImmediate(beat);
  const startedMs = performance.now();
  const value = await work();
  isOver = true;
  return { value, ms: performance.now() - startedMs, pauseMs };
}

function textOf(form: "ini" | "yml", count: number): string {
  const lines = Array.from({ length: count }, (_, at) =>
    form === "ini"
      ? `${nameOf(at)} ansible_host=${addressOf(at)}\n`
      : `    ${nameOf(at)}:\n      ansible_host: ${addressOf(at)}\n`,
  );
  return (form === "ini" ? "[web]\n" : "web:\n  hosts:\n") + lines.join("");
}

function nameOf(at: number): string {
  return `web-${at}.example.com`;
}

function addressOf(at: number): string {
  return `10.0.${at >> 8}.${at & 255}`;
}
