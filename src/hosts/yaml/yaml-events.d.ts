/** Numbers of one event of js-yaml: its type, the offsets of its value, anchor and tag, and how the value is written. */
export const COLUMNS: 11;

/** Events of a text, one after another in `rows`, or the first mistake in it (`yamlMistake`). */
export type YamlEvents =
  | { readonly ok: true; readonly rows: Int32Array<ArrayBuffer> }
  | { readonly ok: false; readonly code: string; readonly line: number | null };

export function eventsOf(text: string): YamlEvents;
