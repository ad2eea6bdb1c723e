import type { CommandContext } from "./command.js";

/**
 * What only the person can fill in, and something nobody types that is good in its place. A text has two words, so that
 * the quotes around it are kept.
 */
const SAMPLES: readonly (readonly [placeholder: string, sample: string])[] = [
  ["<hosts>", "placeholder-hosts"],
  ["<id>", "m-zzzzzzzz"],
  ["<duration>", "0h0m01m"],
  ["<cluster>", "placeholder-cluster"],
  ["<name>", "placeholder-name"],
  ["<text>", "placeholder text"],
  ["<reason>", "placeholder reason"],
  ["<number>", "987654"],
  ["<release|ask|force>", "aSK"],
];

/** What stands in a line for the person to replace, each once. */
export function placeholdersIn(line: string): readonly string[] {
  return SAMPLES.flatMap(([placeholder]) => (line.includes(placeholder) ? [placeholder] : []));
}

/** A line with good values in place of `<hosts>` and the like, so that the rest of it can be read. */
export function fillPlaceholders(line: string): string {
  return SAMPLES.reduce((text, [placeholder, sample]) => text.replaceAll(placeholder, sample), line);
}

/** Undoes `fillPlaceholders`. */
export function emptyPlaceholders(line: string): string {
  return SAMPLES.reduce((text, [placeholder, sample]) => text.replaceAll(sample, placeholder), line);
}

/** The same place, with the clusters that a filled line may name. */
export function withPlaceholderClusters(line: string, context: CommandContext): CommandContext {
  const [first] = context.clusters;
  const names = SAMPLES.map(([, sample]) => sample).filter(
    (sample) => /cluster|name/.test(sample) && line.includes(sample),
  );
  if (!first || names.length === 0) return context;
  return { ...context, clusters: [...context.clusters, ...names.map((name) => ({ ...first, name }))] };
}
