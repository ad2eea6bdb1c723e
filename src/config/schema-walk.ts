import { z } from "zod";

/** The setting that a path leads to: its schema and key. Items of a list count as the list. */
export function fieldAt(
  schema: z.ZodType,
  path: readonly PropertyKey[],
): { readonly field: z.ZodType; readonly key: string | null } {
  let field = schema;
  let key: string | null = null;
  for (const step of path) {
    const next = shapeOf(field)?.[String(step)];
    if (next === undefined) break;
    field = next;
    key = String(step);
  }
  return { field, key };
}

/** The keys that may stand at a path; none where no map belongs. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  return Object.keys(shapeOf(fieldAt(schema, path).field) ?? {});
}

function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | null {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodObject ? inner.shape : null;
}
