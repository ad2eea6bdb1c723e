import { ERROR_FAILURES } from "./failures.js";
import { ERROR_TEXTS } from "./texts.js";

/** Every way in which talking to a master fails, each with a code of its own. The first row that fits counts. */
export const ERROR_TABLE = [...ERROR_TEXTS, ...ERROR_FAILURES] as const;

/** Code of one row of the table of errors. */
export type ErrorCode = (typeof ERROR_TABLE)[number]["code"];
