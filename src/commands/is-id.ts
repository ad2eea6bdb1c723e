/** Whether a word is the id of a maintenance, such as `m-7k3q2`. */
export function isId(text: string): boolean {
  return /^m-[a-z0-9]{4,8}$/i.test(text);
}
