import { z } from "zod";

/** What a field makes of its text: a value, or a clause that says what is wrong without repeating the text. */
export type Reading<T> = { readonly value: T } | { readonly wrong: string };

/** A field that is written as text and becomes something else. */
export function text<T>(notText: string, read: (text: string) => Reading<T>) {
  return z.string({ error: notText }).transform((input, context): T => {
    const reading = read(input.trim());
    if ("value" in reading) return reading.value;
    context.addIssue({ code: "custom", message: reading.wrong });
    return z.NEVER;
  });
}

/** Text that has to match, kept as it is. */
export function matching(pattern: RegExp, wrong: string) {
  return text(wrong, (input) => (pattern.test(input) ? { value: input } : { wrong }));
}
