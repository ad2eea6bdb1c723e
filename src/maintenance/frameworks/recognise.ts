import { frameworkNamesIn } from "../cluster/framework-names.js";
import type { Framework, World } from "../cluster/world.js";
import { indexWorld } from "../cluster/world-index.js";
import type { Maintenance } from "../record/record.js";
import { wildcard } from "../text/glob.js";
import { FAMILIES, FAMILY_IDS, type Family, type FamilyId, ROWS } from "./table.js";

/** An operator's word on what a framework is: by its id, its principal, or a glob over its name. */
export interface FrameworkMapping {
  readonly by: "id" | "name" | "principal";
  readonly value: string;
  readonly family: FamilyId;
  /** It is a Marathon whose API the worker may call. */
  readonly marathon?: true;
}

/** What a framework is taken for, to explain what it does. Nothing is ever decided by it. */
export interface Kind {
  /** `null`: not known, also where signs disagree. */
  readonly family: FamilyId | null;
  /** Who says so: the clusters file, which wins, or what the master shows. */
  readonly by: "clusters_file" | "signs" | null;
  readonly driver: Framework["driver"];
  /** It is a Marathon whose API the worker may call. */
  readonly marathon?: true;
}

/** Whether a framework is named by an entry of the clusters file. */
export function isNamedBy({
  by,
  value,
}: Pick<FrameworkMapping, "by" | "value">): (framework: Framework) => boolean {
  const fits = by === "name" ? wildcard(value) : (shown: string) => shown === value;
  return (framework) => fits(framework[by] ?? "");
}

/**
 * Tells what a framework is: what the clusters file says, else what one family's signs say. Signs of two families are no
 * sign.
 */
export function recogniser(mapping: readonly FrameworkMapping[]): (framework: Framework) => Kind {
  const entries = mapping.map((said) => ({ ...said, isAbout: isNamedBy(said) }));
  return (framework) => {
    const { driver } = framework;
    const said = entries.filter(({ isAbout }) => isAbout(framework));
    const told = new Set(said.map(({ family }) => family));
    if (told.size > 0) {
      const isReached = said.some(({ marathon }) => marathon);
      const kind: Kind = { family: only([...told]), by: "clusters_file", driver };
      return isReached ? { ...kind, marathon: true } : kind;
    }
    const family = only(FAMILY_IDS.filter((id) => showsSignsOf(id, framework)));
    return { family, by: family === null ? null : "signs", driver };
  };
}

function only(families: readonly FamilyId[]): FamilyId | null {
  const [family = null, ...more] = families;
  return more.length === 0 ? family : null;
}

function showsSignsOf(id: FamilyId, framework: Framework): boolean {
  const { signs }: Family = FAMILIES[id];
  if (signs === null) return false;
  const { name, principal, roles, capabilities, driver } = framework;
  const [role, ...moreRoles] = roles;
  // One that uses a driver which no version of the family does is something else.
  const fitsDriver = driver === null || ROWS.some((row) => row.family === id && row.driver === driver);
  return (
    fitsDriver &&
    (signs.name === undefined || signs.name.test(name)) &&
    (signs.role === undefined || (role === signs.role(name) && moreRoles.length === 0)) &&
    (signs.principal === undefined || principal === signs.principal(name)) &&
    (signs.capability === undefined || capabilities.includes(signs.capability)) &&
    (signs.driver === undefined || driver === signs.driver)
  );
}

/**
 * The record with what is known of these frameworks; what it says of one already stays, but for its name among others, and
 * for whether its API may be called, which is as the clusters file has it now.
 */
export function withKinds(
  record: Maintenance,
  world: World,
  ids: Iterable<string>,
  mapping: readonly FrameworkMapping[],
): Maintenance {
  const known = new Map(record.frameworks.map((one) => [one.id, one]));
  const { frameworks } = indexWorld(world);
  const kindOf = recogniser(mapping);
  const nameOf = frameworkNamesIn(world);
  let isNews = false;
  for (const id of new Set(ids)) {
    const framework = frameworks.get(id);
    const before = known.get(id);
    if (framework === undefined) continue;
    const kind = kindOf(framework);
    const isKnown = before === undefined ? kind.family === null && kind.driver === null : true;
    const name = nameOf(id) ?? framework.name;
    if (isKnown && before?.marathon === kind.marathon && (before?.name ?? name) === name) continue;
    const { marathon: _, ...stays } = before ?? { id, ...kind };
    known.set(id, { ...stays, name, ...(kind.marathon ? { marathon: true } : {}) });
    isNews = true;
  }
  return isNews ? { ...record, frameworks: [...known.values()] } : record;
}
