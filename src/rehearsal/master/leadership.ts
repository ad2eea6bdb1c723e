/** What a master is in its ensemble. `not_recovered`: elected, but it has not read its registry yet. */
export type Leading = "leading" | "redirecting" | "no_leader" | "not_recovered";

/** Whether this master leads, where it points if not, and who waits for that to change. */
export class Leadership {
  private now: Leading = "leading";
  private leader: string | null = null;
  private waiting: (() => void)[] = [];

  get(): Leading {
    return this.now;
  }

  /** `host:port` of the master that leads, as this one believes. */
  leaderAddress(own: string): string {
    return this.now === "redirecting" ? (this.leader ?? own) : own;
  }

  set(leading: Leading, redirectTo: string | null): void {
    this.now = leading;
    this.leader = redirectTo;
    if (leading === "not_recovered") return;
    const released = this.waiting;
    this.waiting = [];
    for (const go of released) go();
  }

  /** Resolves when recovery is over, at once if it is. */
  recovered(): Promise<void> {
    if (this.now !== "not_recovered") return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
