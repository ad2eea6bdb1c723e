/**
 * What `work` comes to, or what `late` gives or throws when it has not settled within `ms`. What the work comes to
 * later is nobody's any more: its failure does not end the process.
 */
export async function within<T, L>(ms: number, work: Promise<T>, late: () => L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    // A process that was busy for so long finds the timer due before it has read the answer that is already here: let
    // it read first.
    timer = setTimeout(() => setImmediate(resolve), ms);
  });
  try {
    return await Promise.race([work, limit.then(late)]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether `work` settles, well or not, within `ms`. */
export function settlesWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const settled = work.then(
    () => true,
    () => true,
  );
  return within(ms, settled, () => false);
}
