/** Who types and clicks in the tests of the engine. */
export const ALICE = "U01ALICE";

export const BOB = "U02BOB";

export const CAROL = "U03CAROL";
