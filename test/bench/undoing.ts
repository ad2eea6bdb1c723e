/** Runs with steps that are undone at the end, whatever happens: the last one first. */
export async function undoing<T>(
  run: (undo: (step: () => Promise<unknown>) => void) => Promise<T>,
): Promise<T> {
  const steps: (() => Promise<unknown>)[] = [];
  try {
    return await run((step) => void steps.push(step));
  } finally {
    for (const step of steps.reverse()) await step();
  }
}
