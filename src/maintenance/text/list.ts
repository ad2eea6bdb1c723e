/** `a, b and 3 more`. */
export function list(items: readonly string[], separator = ", ", most = 8): string {
  if (items.length <= most) return items.join(separator);
  return `${items.slice(0, most).join(separator)} and ${items.length - most} more`;
}

/** A number with its noun: `1 machine`, `2 machines`. */
export function counted(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}
