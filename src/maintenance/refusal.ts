/** Why nothing was done, and what to do instead. */
export interface Refusal {
  readonly why: string;
  readonly next: string;
}
