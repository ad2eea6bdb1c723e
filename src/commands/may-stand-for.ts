/**
 * Whether a word can be a misspelling of a name of ours: not one of two letters, which is near to anything, nor the name with
 * something before it, which makes the opposite of it (`undown`, `--no-dry-run`).
 */
export function mayStandFor(typed: string, name: string): boolean {
  return typed.length > 2 && !(typed.length > name.length && typed.toLowerCase().endsWith(name));
}
