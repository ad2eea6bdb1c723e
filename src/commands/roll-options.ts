import { APPROVE_MODES, type ApproveMode, type BatchRule, type Roll } from "../maintenance/record/roll.js";
import type { Arguments } from "./arguments.js";
import { Mistake } from "./mistake.js";

/** More machines than a batch can have. */
const MOST_MACHINES = 100_000;

/** `--batch 5 --canary 1 --horizon 2`, or `null`. With `--canary` alone all other machines are one batch in each zone. */
export function readRoll(args: Arguments): Roll | null {
  const rule = readBatch(args);
  const canary = readCount(args, "canary", "machines");
  const horizon = readCount(args, "horizon", "batches");
  const approve = readApprove(args);
  if (rule === null && canary === null) {
    const alone = horizon !== null ? "horizon" : approve !== null ? "approve" : null;
    if (alone === null) return null;
    throw new Mistake(`--${alone} is about batches, and no --batch is given.`);
  }
  return {
    rule: rule ?? { kind: "percent", percent: 100 },
    canary,
    ...(horizon === null ? {} : { horizon }),
    ...(approve === null ? {} : { approve }),
  };
}

function readBatch(args: Arguments): BatchRule | null {
  const text = args.option("batch");
  if (text === null) return null;
  const attribute = /^@([^\s=]+)$/.exec(text)?.[1];
  if (attribute !== undefined) return { kind: "attribute", name: attribute };
  const place = /^(zone|region)$/i.exec(text)?.[1]?.toLowerCase();
  if (place === "zone" || place === "region") return { kind: place };
  const [, digits, percent] = /^(\d+)(%?)$/.exec(text) ?? [];
  if (digits === undefined) {
    // Most likely an attribute that was typed as people call it.
    const bare = /^[a-z][\w.-]*$/i.test(text) ? ` An attribute has its @: --batch @${text}.` : "";
    throw new Mistake(
      `--batch takes a number of machines, a percent of them, an attribute or a place, such as --batch 5, --batch 10%, --batch @rack or --batch zone, not ${text}.${bare}`,
    );
  }
  const number = Number(digits);
  if (number === 0) throw new Mistake(`A batch has at least one machine, so not --batch ${text}.`);
  if (percent === "") return { kind: "count", count: countOf(number, "batch") };
  if (number > 100) throw new Mistake(`A batch is at most 100% of the machines, not ${text}.`);
  return { kind: "percent", percent: number };
}

function readApprove(args: Arguments): ApproveMode | null {
  const text = args.option("approve");
  if (text === null) return null;
  const mode = APPROVE_MODES.find((known) => known === text.toLowerCase());
  if (mode !== undefined) return mode;
  throw new Mistake(
    `--approve is each (every batch is asked about), canary (the first, then all others at once) or once, not ${text}.`,
  );
}

function readCount(args: Arguments, name: "canary" | "horizon", of: string): number | null {
  const text = args.option(name);
  if (text === null) return null;
  if (/^[1-9]\d*$/.test(text)) return countOf(Number(text), name);
  throw new Mistake(`--${name} takes a number of ${of}, such as --${name} 2, not ${text}.`);
}

function countOf(number: number, option: "batch" | "canary" | "horizon"): number {
  if (number <= MOST_MACHINES) return number;
  throw new Mistake(`--${option} ${number} is more than any cluster has machines.`);
}
