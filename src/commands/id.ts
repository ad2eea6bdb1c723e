/** Whether a word is the id of a maintenance, such as `m-7k3q2`. */
export function isId(text: string): boolean {
  return /^m-[a-z0-9]{4,8}$/i.test(text);
}

/** The id in a word that was copied with what stood around it, such as `(m-7k3q2),`; `null` if there is none. */
export function idWithin(text: string): string | null {
  const id = text.replace(/^[^a-z0-9]+|[^a-z0-9]+$/gi, "");
  return isId(id) ? id : null;
}
