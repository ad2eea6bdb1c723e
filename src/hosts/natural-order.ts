/**
 * Positions of the names in natural order: numbers count as numbers, so web-2 comes before web-10. One plain string
 * sort over keys that hold each number's length before its digits: quick for tens of thousands of names.
 */
export function naturalOrder(names: readonly string[]): readonly number[] {
  const keys = names.map((name, position) => `${naturalKey(name)}\0${position}`);
  return keys.sort().map((key) => Number(key.slice(key.lastIndexOf("\0") + 1)));
}

function naturalKey(text: string): string {
  return text.replace(/\d+/g, (digits) => {
    const number = digits.startsWith("0") ? digits.replace(/^0+(?=\d)/, "") : digits;
    return String.fromCharCode(0x30 + number.length) + number;
  });
}
