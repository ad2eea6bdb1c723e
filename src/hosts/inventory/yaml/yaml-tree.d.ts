/** A YAML value as plain data. Aliases are the same object as what they stand for, which may be inside of itself. */
export type YamlTree = string | number | boolean | null | YamlMapping | { readonly list: true };

export interface YamlMapping {
  /** Keys with the lines they stand in, in the order of the file; what is merged in comes last. */
  readonly entries: readonly (readonly [key: YamlTree, line: number, value: YamlTree])[];
}

/** Mistakes have the library's codes, and TOO_DEEP, DUPLICATE_KEY, BAD_ALIAS of our own. */
export type YamlText =
  | { readonly ok: true; readonly root: YamlTree }
  | {
      readonly ok: false;
      readonly mistakes: readonly { readonly code: string; readonly line: number | null }[];
    };

export function treeOf(text: string): YamlText;
