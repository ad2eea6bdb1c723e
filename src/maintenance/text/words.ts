/** A name of the code as words, for people: `awaiting_approval` → `awaiting approval`. */
export function inWords(name: string): string {
  return name.replaceAll("_", " ");
}
