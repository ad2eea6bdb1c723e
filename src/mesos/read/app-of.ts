/**
 * Labels that name the app a task is a copy of, best first. A service's own name goes before that of the package it was
 * made from, because a cluster may run two services of one package.
 */
export const APP_LABELS = ["MARATHON_APP_ID", "DCOS_SERVICE_NAME", "DCOS_PACKAGE_NAME"] as const;

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

/** `.uuid`, `__uuid`, and Marathon's `.instance-uuid`, `.instance-uuid._app.2`, `.instance-uuid.container`. */
const INSTANCE = new RegExp(`[._:-]+(?:[a-z]+-)?${UUID}(?:[._][\\w.-]+)?$`, "i");

/** `-12`, `_3`, `.7`. */
const NUMBER = /[._-]\d+$/;

/**
 * What a task is a copy of: a label that says so, else its name without the parts that tell one instance from another.
 * A name of which nothing would be left is kept.
 */
export function appOf(name: string, labels: ReadonlyMap<string, string>): string {
  for (const label of APP_LABELS) {
    const value = labels.get(label);
    if (value !== undefined && value !== "") return value;
  }
  return name.replace(INSTANCE, "").replace(NUMBER, "") || name;
}
