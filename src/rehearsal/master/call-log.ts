import type { MachineId } from "../../maintenance/cluster/machine.js";
import type { CallType } from "./call.js";

/** An API call that reached the master. */
export interface ReceivedCall {
  /** `null` when the master answered without reading it, or could not read it. */
  readonly type: CallType | null;
  readonly via: "v1" | "v0";
  readonly principal: string | null;
  /** The machines that it names; of a schedule all that stand in it. */
  readonly machines: readonly MachineId[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What was answered; `null` while it hangs or after the connection was reset. */
  readonly status: number | null;
  /** Text of a refusal. */
  readonly text: string | null;
  /** Whether the call took effect (a read: was served), whatever the caller was told. */
  readonly outcome: "accepted" | "refused" | "none";
}

/** The calls in the order they came, each updated as it is answered. */
export class CallLog {
  private entries: ReceivedCall[] = [];

  /** Adds a call; the function it returns notes what became of it. */
  open(
    call: Pick<ReceivedCall, "type" | "via" | "principal" | "machines" | "at">,
  ): (became: Partial<ReceivedCall>) => void {
    const entry: ReceivedCall = { ...call, status: null, text: null, outcome: "none" };
    this.entries.push(entry);
    return (became) => Object.assign(entry, became);
  }

  /** As they stand now. */
  all(): readonly ReceivedCall[] {
    return this.entries.map((entry) => ({ ...entry }));
  }

  clear(): void {
    this.entries = [];
  }
}
