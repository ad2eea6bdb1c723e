/** `2 cpus, 1.5 GB`. */
export function amounts({ cpus, memMb }: { readonly cpus: number; readonly memMb: number }): string {
  const amount = rounded(cpus, 2);
  return `${amount} ${amount === 1 ? "cpu" : "cpus"}, ${megabytes(memMb)}`;
}

/** Megabytes of memory or disk as Mesos counts them: 1024 make a gigabyte. */
export function megabytes(mb: number): string {
  if (mb >= 1024 * 1024) return `${rounded(mb / 1024 / 1024, 1)} TB`;
  return mb >= 1024 ? `${rounded(mb / 1024, 1)} GB` : `${rounded(mb, 1)} MB`;
}

/** Something is never shown as 0: Mesos counts in thousandths, so nothing is less than one of them. */
function rounded(amount: number, digits: number): number {
  const short = Number(amount.toFixed(digits));
  return short === 0 && amount > 0 ? Math.max(0.001, Number(amount.toPrecision(1))) : short;
}
