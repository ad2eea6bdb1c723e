/** Where the card of a maintenance stands, and the question before Down that others have to see. */
export interface CardPlace {
  readonly name: string;
  /** The cluster's own channel, or `null`: the one in which the command is typed. */
  readonly channel: string | null;
}

/**
 * The channel of a card whose command was typed in `typedIn`, or `null` where there is none: a direct message (`D…`) and somebody's
 * Home (their own id) are seen by one person, so nobody could ever approve there.
 */
export function cardChannel(cluster: CardPlace, typedIn: string): string | null {
  return cluster.channel ?? (/^[DUW]/.test(typedIn) ? null : typedIn);
}

/** What is wrong where there is none. */
export function noPlace({ name }: CardPlace): string {
  return `${name} has no channel of its own, and nobody else sees this place: the card and the question before Down would be seen by nobody who may approve.`;
}
