import { z } from "zod";
import { clusterSchema } from "../../src/config/cluster-schema.js";
import { environmentSchema, type VariableName } from "../../src/config/environment-schema.js";

/** One setting as the documentation shows it. */
export interface SettingDoc {
  /** Name of the variable, or dotted path of the key. */
  readonly name: string;
  readonly description: string;
  /** What holds when it is left out; `null` if nothing does. */
  readonly fallback: string | null;
  /** `required`, or what it is required in; `null` if it can be left out. */
  readonly required: string | null;
  readonly example: string;
}

/** Every environment variable, in the order of the schema. */
export function environmentDocs(): readonly SettingDoc[] {
  return settings(environmentSchema);
}

/** Every key of a cluster, nested ones as `tls.ca_file`, those of a list's items as `calendar[].days`, of a map of names as `runbooks.<name>.run`. */
export function clusterDocs(): readonly SettingDoc[] {
  return settings(clusterSchema);
}

/** Markdown table of the environment: of all variables, or of those that are named. */
export function environmentTable(only?: readonly VariableName[]): string {
  const shown = new Set<string>(only);
  return markdownTable(
    ["variable", "default", "meaning", "example"],
    environmentDocs().filter(({ name }) => only === undefined || shown.has(name)),
  );
}

/** Markdown table of the keys of a cluster in the clusters file. */
export function clusterTable(): string {
  return markdownTable(["key", "default", "meaning", "example"], clusterDocs());
}

/** The part of a JSON Schema that the tables need. */
const documented = z.object({
  description: z.string().default(""),
  default: z.unknown().optional(),
  example: z.string().default(""),
  get properties() {
    return z.record(z.string(), documented).optional();
  },
  /** Of a list: what its items are. */
  get items() {
    return documented.optional();
  },
  /** Of a map of names: what stands under each. `false` where no other key may stand. */
  get additionalProperties() {
    return z.union([z.literal(false), documented]).optional();
  },
  required: z.array(z.string()).default([]),
});

type Documented = z.output<typeof documented>;

function settings(schema: z.ZodType): readonly SettingDoc[] {
  return flatten(documented.parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })), "");
}

function flatten(node: Documented, prefix: string): readonly SettingDoc[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, field]): readonly SettingDoc[] => {
    const name = `${prefix}${key}`;
    if (field.properties !== undefined) return flatten(field, `${name}.`);
    const row = {
      name,
      description: field.description,
      fallback: field.default === undefined ? null : asText(field.default),
      required: node.required.includes(key) ? requiredIn(prefix) : null,
      example: field.example,
    };
    const item = field.items === undefined ? [] : flatten(field.items, `${name}[].`);
    const named = field.additionalProperties ? flatten(field.additionalProperties, `${name}.<name>.`) : [];
    return [row, ...item, ...named];
  });
}

function requiredIn(prefix: string): string {
  return prefix === "" ? "required" : `required in \`${prefix.replace(/(?:\[\])?\.$/, "")}\``;
}

function asText(value: unknown): string {
  // As a clusters file writes a list of words.
  if (Array.isArray(value)) return `[${value.map(asText).join(", ")}]`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Columns are padded as the formatter of this repository pads them. */
function markdownTable(head: readonly string[], docs: readonly SettingDoc[]): string {
  const rows = docs.map((doc) => {
    const fallback = doc.fallback === null ? "" : `\`${doc.fallback}\``;
    return [`\`${doc.name}\``, doc.required ?? fallback, doc.description, `\`${doc.example}\``];
  });
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? "").length)),
  );
  const rule = widths.map((width) => "-".repeat(width));
  return [head, rule, ...rows]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`)
    .join("\n");
}
