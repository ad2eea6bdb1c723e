import { z } from "zod";

/** The setting that a path leads to: its schema and key, `<name>` in a map of names. Plain items of a list count as the list. */
export function fieldAt(
  schema: z.ZodType,
  path: readonly PropertyKey[],
): { readonly field: z.ZodType; readonly key: string | null } {
  let field = schema;
  let key: string | null = null;
  for (const step of path) {
    if (typeof step === "number") {
      field = itemOf(field);
      continue;
    }
    const own = shapeOf(field)?.[String(step)];
    const next = own ?? namedOf(field);
    if (next === null) break;
    field = next;
    // A name is a person's word, and what stands there may not be meant as one: it is never shown (invariant 10).
    key = own === undefined ? "<name>" : String(step);
  }
  return { field, key };
}

/** The keys that may stand at a path; none where no map belongs. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  return Object.keys(shapeOf(fieldAt(schema, path).field) ?? {});
}

function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | null {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodObject ? inner.shape : null;
}

/** What stands in a list; a list of plain values is documented as a whole, so that stays the list. */
function itemOf(schema: z.ZodType): z.ZodType {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodArray && shapeOf(inner.element as z.ZodType) !== null
    ? (inner.element as z.ZodType)
    : schema;
}

/** What stands under each name of a map of names. */
function namedOf(schema: z.ZodType): z.ZodType | null {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodRecord ? (inner.valueType as z.ZodType) : null;
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault
    ? unwrapped(schema.unwrap() as z.ZodType)
    : schema;
}
