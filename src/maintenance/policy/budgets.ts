import type { World } from "../cluster/world.js";
import { wildcard } from "../text/glob.js";
import type { Millis } from "../time.js";
import { isOpen } from "./calendar.js";
import { capInMachines } from "./caps.js";
import type { AppBudget, Budget, Policy } from "./policy.js";

/** What may be out of service at once; `Infinity` where no budget says so. */
export interface MostOut {
  readonly machines: number;
  readonly zones: number;
}

/** What the budgets allow at a time. */
export function mostOutAt(policy: Policy, world: World, nowMs: Millis): MostOut {
  const tightest = (limits: readonly Limit[]) => Math.min(...inForce(limits, nowMs).map(({ most }) => most));
  const { machines, zones } = limitsOf(policy, world);
  return { machines: tightest(machines), zones: tightest(zones) };
}

/** The most that they allow at any time: what is more than that can never go down together. */
export function mostOutEver(policy: Policy, world: World): MostOut {
  const loosest = (limits: readonly Limit[]) => {
    const always = limits.filter(({ hours }) => hours.length === 0);
    if (always.length > 0 || limits.length === 0) return Math.min(...always.map(({ most }) => most));
    return Math.max(...limits.map(({ most }) => most));
  };
  const { machines, zones } = limitsOf(policy, world);
  return { machines: loosest(machines), zones: loosest(zones) };
}

/** How many of so many running copies of an app have to stay outside of what goes down; 0 where no budget says so. */
export type Keep = (app: NamedApp, copies: number) => number;

interface NamedApp {
  /** The framework's name. */
  readonly framework: string;
  readonly app: string;
}

/** What has to be kept at a time. */
export function keepAt(policy: Policy, nowMs: Millis): Keep {
  const budgetsOf = appBudgets(policy);
  return (app, copies) => {
    const about = budgetsOf(app);
    const kept = inForce(about, nowMs).map(({ keep }) =>
      keep.kind === "count" ? keep.count : Math.ceil((copies * keep.percent) / 100),
    );
    return Math.max(0, ...kept);
  };
}

/** The budgets that keep copies of an app, at any time. */
export function appBudgets({ budgets }: Policy): (app: NamedApp) => readonly AppBudget[] {
  const all = budgets.flatMap((budget) =>
    budget.kind === "app" ? [{ budget, matches: wildcard(budget.match) }] : [],
  );
  return ({ framework, app }) =>
    all.flatMap(({ budget, matches }) => (matches(app) || matches(framework) ? [budget] : []));
}

/** A number of machines or zones, and when it holds. */
type Limit = Pick<Budget, "hours"> & { readonly most: number };

function limitsOf(
  { budgets }: Policy,
  world: World,
): { machines: readonly Limit[]; zones: readonly Limit[] } {
  const machines = budgets.flatMap((budget) =>
    budget.kind === "machines" ? [{ hours: budget.hours, most: capInMachines(budget.most, world) }] : [],
  );
  return { machines, zones: budgets.filter((budget) => budget.kind === "zones") };
}

/** Those in whose hours it is; outside the hours of all of them all hold, so that the tightest decides. */
function inForce<B extends Pick<Budget, "hours">>(budgets: readonly B[], nowMs: Millis): readonly B[] {
  const open = budgets.filter(({ hours }) => isOpen(hours, nowMs));
  return open.length > 0 ? open : budgets;
}
