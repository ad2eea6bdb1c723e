/**
 * Characters that nobody sees: what Unicode calls format characters (marks that turn the direction of text, soft hyphens, tags)
 * or ignorable by default (fillers, joiners, variation selectors). With them a name could show as another one. The selector that
 * makes a sign an emoji stays behind its sign.
 */
const INVISIBLE = /(?!(?<=\p{Extended_Pictographic})\uFE0F)[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** A text of people or masters without what nobody sees in it. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, "");
}

/** The same on one line: a framework may call itself anything, line breaks included. */
export function oneLine(text: string): string {
  return withoutInvisible(text).replace(BREAKS, " ");
}
