/** How a failure is recognised. `text`: the master's own words, `<…>` standing for what varies. */
export type When =
  | { readonly by: "text"; readonly text: string; readonly status: number }
  | { readonly by: "status"; readonly status: number | "other" }
  | { readonly by: "transport"; readonly errors: readonly (string | RegExp)[]; readonly sent: "no" | "maybe" }
  | { readonly by: "conclusion" };

/** One way in which talking to a master fails, in words for the person who waits for it. */
export interface ErrorRow {
  readonly code: string;
  readonly when: When;
  /** What happened, one sentence. `{master}`, `{cluster}`, `{machine}`, `{agent}`, `{value}`, `{status}` are filled in. */
  readonly what: string;
  /** What to do next, one sentence. */
  readonly next: string;
}

/** Next step where waiting is all there is to do. */
export const WAITS = "Nothing to do: this goes on by itself when the master is back.";

/** Next step where the world is not as the call took it to be. */
export const REFRESH = "Look at the master's current state with `/mesos status`, then ask again.";
