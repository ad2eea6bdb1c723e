import type { Amounts } from "../../maintenance/cluster/task.js";
import type { AgentResources } from "../../maintenance/cluster/world.js";
import { mesos } from "../proto/generated/mesos.js";
import { doubleTag, lengthTag, messageEnd, skipField, varintTag, type WireReader } from "./wire.js";

const { Type: ReservationType } = mesos.v1.Resource.ReservationInfo;

// Fields of mesos.proto's Resource, read by hand: there are more of them than of anything else.
const NAME = lengthTag(1);
const SCALAR = lengthTag(3);
const ROLE = lengthTag(6);
const DISK = lengthTag(7);
const RESERVATION = lengthTag(8);
const REVOCABLE = lengthTag(9);
const ALLOCATION_INFO = lengthTag(11);
const RESERVATIONS = lengthTag(13);
const SCALAR_VALUE = doubleTag(1);
const ALLOCATION_ROLE = lengthTag(1);
const RESERVATION_ROLE = lengthTag(3);
const RESERVATION_TYPE = varintTag(4);
const DISK_PERSISTENCE = lengthTag(1);
const PERSISTENCE_ID = lengthTag(1);

/** Nobody's: what is not reserved. */
export const ANY_ROLE = "*";

type Kind = "cpus" | "mem" | "disk" | "other";

/** One resource, as far as it counts here. */
interface Resource {
  kind: Kind;
  /** Cpus, or megabytes. */
  amount: number;
  /** To whom it is reserved. */
  role: string;
  dynamic: boolean;
  /** Lent to best-effort tasks; counted nowhere, because nobody may rely on it. */
  revocable: boolean;
  /** Id of the persistent volume that it is. */
  volume: string | null;
  /** The role that uses it. */
  allocatedTo: string | null;
}

/** Adds up cpus and memory of resources that the reader comes to; what tasks use, what an agent has allocated. */
export class AmountsSum {
  cpus = 0;
  memMb = 0;
  /** The role that uses them; the first one named. */
  role: string | null = null;

  /** Starts again from nothing, for those who add up one thing after another. */
  reset(): void {
    this.cpus = 0;
    this.memMb = 0;
    this.role = null;
  }

  add(reader: WireReader): void {
    const { kind, amount, revocable, allocatedTo, role } = readResource(reader);
    this.role ??= allocatedTo ?? (role === ANY_ROLE ? null : role);
    if (revocable) return;
    if (kind === "cpus") this.cpus += amount;
    else if (kind === "mem") this.memMb += amount;
  }

  amounts(): Amounts {
    return { cpus: this.cpus, memMb: this.memMb };
  }
}

/** Reads resources that stand one after another until `end`, each behind a tag; the reader is behind the first one's. */
export function readOffered(reader: WireReader, end: number): AgentResources {
  const total = { cpus: 0, memMb: 0 };
  const reservations = new Map<string, AgentResources["reservations"][number]>();
  const volumes: AgentResources["volumes"][number][] = [];
  for (;;) {
    const { kind, amount, role, dynamic, revocable, volume } = readResource(reader);
    if (kind !== "other" && !revocable) {
      const cpus = kind === "cpus" ? amount : 0;
      const memMb = kind === "mem" ? amount : 0;
      total.cpus += cpus;
      total.memMb += memMb;
      if (volume !== null) volumes.push({ id: volume, role, sizeMb: amount });
      if (role !== ANY_ROLE) {
        const key = `${dynamic} ${role}`;
        const sum = reservations.get(key) ?? { role, dynamic, cpus: 0, memMb: 0, diskMb: 0 };
        const diskMb = sum.diskMb + (kind === "disk" ? amount : 0);
        reservations.set(key, { ...sum, cpus: sum.cpus + cpus, memMb: sum.memMb + memMb, diskMb });
      }
    }
    if (reader.pos >= end) return { total, reservations: [...reservations.values()], volumes };
    reader.tag();
  }
}

/** Filled anew for every resource: there are hundreds of thousands, and none is looked at after the next is read. */
const resource: Resource = {
  kind: "other",
  amount: 0,
  role: ANY_ROLE,
  dynamic: false,
  revocable: false,
  volume: null,
  allocatedTo: null,
};

/** Valid until the next call. */
function readResource(reader: WireReader): Readonly<Resource> {
  const end = messageEnd(reader);
  resource.kind = "other";
  resource.amount = 0;
  resource.role = ANY_ROLE;
  resource.dynamic = false;
  resource.revocable = false;
  resource.volume = null;
  resource.allocatedTo = null;
  let refined = false;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === NAME) resource.kind = readKind(reader);
    else if (tag === SCALAR) resource.amount = readScalar(reader);
    else if (tag === ROLE) {
      const role = readRole(reader);
      if (!refined) resource.role = role;
    } else if (tag === RESERVATION) {
      reader.pos = messageEnd(reader);
      if (!refined) resource.dynamic = true;
    } else if (tag === RESERVATIONS) {
      refined = true;
      readReservation(reader, resource);
    } else if (tag === DISK) resource.volume = readPersistence(reader);
    else if (tag === REVOCABLE) {
      resource.revocable = true;
      reader.pos = messageEnd(reader);
    } else if (tag === ALLOCATION_INFO) resource.allocatedTo = readAllocatedTo(reader);
    else skipField(reader, tag);
  }
  return resource;
}

const CPUS = Buffer.from("cpus");

const MEM = Buffer.from("mem");

const DISK_NAME = Buffer.from("disk");

/** A name is compared where it stands: making a string of every one would take longer than all the rest. */
function readKind(reader: WireReader): Kind {
  const end = messageEnd(reader);
  const start = reader.pos;
  reader.pos = end;
  if (isAt(reader.buf, start, end, CPUS)) return "cpus";
  if (isAt(reader.buf, start, end, MEM)) return "mem";
  return isAt(reader.buf, start, end, DISK_NAME) ? "disk" : "other";
}

function isAt(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (end - start !== name.length) return false;
  for (let at = 0; at < name.length; at += 1) if (bytes[start + at] !== name[at]) return false;
  return true;
}

const STAR = 42;

function readRole(reader: WireReader): string {
  const { pos, buf } = reader;
  if (buf[pos] === 1 && buf[pos + 1] === STAR) {
    reader.pos = pos + 2;
    return ANY_ROLE;
  }
  return reader.string();
}

function readScalar(reader: WireReader): number {
  const end = messageEnd(reader);
  let value = 0;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === SCALAR_VALUE) value = reader.double();
    else skipField(reader, tag);
  }
  return value;
}

/** The last one of a stack counts; it overwrites what stood before. */
function readReservation(reader: WireReader, resource: Resource): void {
  const end = messageEnd(reader);
  resource.role = ANY_ROLE;
  resource.dynamic = false;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === RESERVATION_ROLE) resource.role = readRole(reader);
    else if (tag === RESERVATION_TYPE) resource.dynamic = reader.int32() === ReservationType.DYNAMIC;
    else skipField(reader, tag);
  }
}

function readAllocatedTo(reader: WireReader): string | null {
  const end = messageEnd(reader);
  let role: string | null = null;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === ALLOCATION_ROLE) role = readRole(reader);
    else skipField(reader, tag);
  }
  return role;
}

function readPersistence(reader: WireReader): string | null {
  const end = messageEnd(reader);
  let id: string | null = null;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === DISK_PERSISTENCE) {
      const inside = messageEnd(reader);
      while (reader.pos < inside) {
        const field = reader.tag();
        if (field === PERSISTENCE_ID) id = reader.string();
        else skipField(reader, field);
      }
    } else skipField(reader, tag);
  }
  return id;
}
