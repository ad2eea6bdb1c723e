/**
 * What terminals obey instead of showing it, as ECMA-48 writes it: control sequences (colours, cursor), strings with an
 * end (titles, links), and escapes of a few characters.
 */
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B\n]*(?:\u0007|\u001B\\)|\u001B[PX^_][^\u001B\n]*\u001B\\|\u001B[ -/]*[0-~]/g;

/** All control characters but tab and line break. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** The text as it is read: without colours, other escape sequences and control characters. Keeps tabs and line breaks. */
export function withoutControls(text: string): string {
  return text.replace(SEQUENCES, "").replace(CONTROLS, "");
}
