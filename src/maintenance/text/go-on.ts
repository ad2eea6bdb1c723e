/**
 * How it goes on once what was in the way is gone. A maintenance looks again and again by itself; a person's question or
 * command was answered with the failure, and has to be sent again.
 */
export const BY_ITSELF = "it goes on by itself";

export const ASK_AGAIN = "ask again";

/** A next step with how it goes on for whoever reads it: `{goOn}` within a sentence, `{GoOn}` where it begins one. */
export function goingOn(next: string, goOn: string): string {
  const first = goOn.slice(0, 1).toUpperCase() + goOn.slice(1);
  return next.replaceAll("{goOn}", goOn).replaceAll("{GoOn}", first);
}
