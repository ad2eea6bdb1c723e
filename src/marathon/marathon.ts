import { Agent, type Dispatcher, errors } from "undici";
import { z } from "zod";
import {
  ByteBudget,
  LONGEST_WORDS_BYTES,
  readWhole,
  readWords,
  TooLargeError,
  type Words,
} from "../base/answer.js";
import { type MaySend, writeConnection } from "../base/write-connection.js";
import type { MarathonConfig } from "../config/config.js";
import type { MarathonView } from "../maintenance/moving/marathon-view.js";
import { MarathonError } from "./errors.js";
import { appsAnswer, infoAnswer, podsAnswer } from "./read-view.js";

/** Of one look, or of one kill, from beginning to end: the control lane of the cluster waits for it. */
export const MARATHON_LIMIT_MS = 3_000;

/** Of all answers of one look together: some 20,000 tasks. */
const LARGEST_LOOK_BYTES = 64 * 1024 * 1024;

export interface MarathonOptions extends Pick<MarathonConfig, "url" | "authorization" | "ca"> {
  /** Aborts after this many milliseconds. */
  readonly limit: (ms: number) => AbortSignal;
  /** @defaultValue LARGEST_LOOK_BYTES */
  readonly largestLookBytes?: number;
}

/** The API of one Marathon, of which only as much as moving tasks takes. Repeats nothing and follows nobody. */
export interface Marathon {
  /** Throws MarathonError. */
  look(): Promise<MarathonView>;
  /**
   * Asks for these tasks to be killed, each to be replaced: `scale=false`, and never `wipe`, which would give up volumes.
   * An answer says that Marathon was asked, not that a task is gone: it answers 200 also where a deployment that began
   * meanwhile has it drop the kill (`MarathonSchedulerActor.scala`).
   *
   * @throws MarathonError whose `sent` says whether it may have been carried out.
   */
  kill(tasks: readonly string[], maySend: MaySend): Promise<void>;
  close(): Promise<void>;
}

/** What a call came to; what is no success is read as words. */
interface Answer extends Words {
  readonly status: number;
}

const APPS = "/v2/apps?embed=apps.tasks&embed=apps.counts&embed=apps.deployments";

export function createMarathon(options: MarathonOptions): Marathon {
  const { url, ca, limit, largestLookBytes = LARGEST_LOOK_BYTES } = options;
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/+$/, "");
  const limits = { headersTimeout: MARATHON_LIMIT_MS, bodyTimeout: MARATHON_LIMIT_MS };
  const connectMs = MARATHON_LIMIT_MS;
  const agent = new Agent({
    ...limits,
    connect: { timeout: connectMs, ...(ca === null ? {} : { ca }) },
  });
  const headers = {
    accept: "application/json",
    ...(options.authorization === null ? {} : { authorization: options.authorization.reveal() }),
  };
  const blanks = { marathon: url };

  const call = async (
    dispatcher: Dispatcher,
    method: "GET" | "POST",
    path: string,
    signal: AbortSignal,
    budget: ByteBudget,
    sent: object | null = null,
  ): Promise<Answer> => {
    const answer = await dispatcher.request({
      origin,
      path: `${base}${path}`,
      method,
      headers: sent === null ? headers : { ...headers, "content-type": "application/json" },
      body: sent === null ? null : JSON.stringify(sent),
      signal,
    });
    const { statusCode: status, body } = answer;
    if (status !== 200) return { status, ...(await readWords(body)) };
    return { status, body: await readWhole(body, budget), isCut: false };
  };

  const refused = ({ status, body, isCut }: Answer, isWrite: boolean): MarathonError => {
    const said = { text: wordsIn(body), isCut };
    const shown = { ...blanks, status: String(status) };
    if (status === 401 || status === 403) return new MarathonError("marathon_login", shown, "yes", said);
    if (status >= 300 && status <= 399) return new MarathonError("marathon_redirects", shown, "yes", said);
    if (status >= 500) return new MarathonError("marathon_broken", shown, isWrite ? "maybe" : "yes", said);
    return new MarathonError("marathon_refuses", shown, "yes", said);
  };

  const failed = (error: unknown, signal: AbortSignal): MarathonError => {
    if (error instanceof MarathonError) return error;
    if (error instanceof TooLargeError)
      return new MarathonError("marathon_too_large", { ...blanks, most: `${error.most} bytes` }, "maybe");
    const isConnecting =
      error instanceof errors.ConnectTimeoutError ||
      (error as NodeJS.ErrnoException | null)?.syscall === "connect" ||
      (error as NodeJS.ErrnoException | null)?.code === "ENOTFOUND";
    const isLate =
      signal.aborted ||
      error instanceof errors.HeadersTimeoutError ||
      error instanceof errors.BodyTimeoutError;
    const code = isLate ? "marathon_slow" : "marathon_away";
    return new MarathonError(code, blanks, isConnecting ? "no" : "maybe", null, error);
  };

  const read = async <T>(
    schema: z.ZodType<T>,
    path: string,
    signal: AbortSignal,
    budget: ByteBudget,
  ): Promise<T> => {
    const answer = await call(agent, "GET", path, signal, budget);
    if (answer.status !== 200) throw refused(answer, false);
    return parsed(schema, answer.body, (why) => {
      throw new MarathonError("marathon_unreadable", { ...blanks, why }, "yes");
    });
  };

  /** A Marathon before 1.4 has no pods, and answers 404. */
  const pods = async (signal: AbortSignal, budget: ByteBudget) => {
    try {
      return await read(podsAnswer, "/v2/pods::status", signal, budget);
    } catch (error) {
      if (error instanceof MarathonError && error.code === "marathon_refuses") return [];
      throw error;
    }
  };

  return {
    async look() {
      const signal = limit(MARATHON_LIMIT_MS);
      const budget = new ByteBudget(largestLookBytes);
      try {
        const [info, shown, podsShown] = await Promise.all([
          read(infoAnswer, "/v2/info", signal, budget),
          read(appsAnswer, APPS, signal, budget),
          pods(signal, budget),
        ]);
        const { version, frameworkId = null } = info;
        return { version, frameworkId, apps: shown.apps, pods: podsShown };
      } catch (error) {
        throw failed(error, signal);
      }
    },
    async kill(tasks, maySend) {
      const signal = limit(MARATHON_LIMIT_MS);
      let isWithdrawn = false;
      const connection = writeConnection(origin, {
        connectMs,
        ca,
        limits,
        maySend: () => {
          isWithdrawn = !maySend();
          return !isWithdrawn;
        },
      });
      try {
        const path = "/v2/tasks/delete?scale=false&wipe=false";
        const answer = await call(
          connection.dispatcher,
          "POST",
          path,
          signal,
          new ByteBudget(LONGEST_WORDS_BYTES),
          { ids: tasks },
        );
        if (answer.status !== 200) throw refused(answer, true);
      } catch (error) {
        throw isWithdrawn ? new MarathonError("marathon_withdrawn", blanks, "no") : failed(error, signal);
      } finally {
        await connection.end();
      }
    },
    close: () => agent.close(),
  };
}

/** Its own words: errors are `{"message": "…"}`. */
function wordsIn(body: Buffer): string {
  return parsed(z.object({ message: z.string() }), body, () => null)?.message ?? body.toString("utf8");
}

function parsed<T, E>(schema: z.ZodType<T>, body: Buffer, otherwise: (why: string) => E): T | E {
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch {
    return otherwise("it is no JSON");
  }
  const checked = schema.safeParse(json);
  if (checked.success) return checked.data;
  const path = checked.error.issues[0]?.path.map(String).join(".");
  return otherwise(path ? `its field ${path} is not what it should be` : "it is something else");
}
