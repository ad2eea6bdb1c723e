/** A number with its noun: `1 machine`, `2 machines`. */
export function counted(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}
