import type { About } from "../record/record.js";

/** How a kind of question is spoken of. */
interface Words {
  /** What is approved or denied, after "approved". */
  readonly name: string;
  /** After "whether". */
  readonly whether: string;
  /** What a no, or no answer in time, means. */
  readonly notDone: string;
  /** How it is asked again, by the id of the maintenance. */
  readonly again: (id: string) => string;
  /** The same where the buttons of the card are in sight. */
  readonly againOnCard: string;
  /** How the maintenance goes on without it. */
  readonly stays: string;
  /** When a question is asked anew whose picture got worse, after "with what is there now". */
  readonly askedAnew: string;
}

/** What each kind of question is called, wherever it is told. */
export const ABOUT_WORDS: Readonly<Record<About, Words>> = {
  down: {
    name: "Down",
    whether: "to go Down",
    notDone: "Nothing was taken down",
    again: (id) =>
      `Ask again with the button or /mesos down ${id}, or give them back with /mesos cancel ${id}.`,
    againOnCard: "While the machines drain it can be asked again, with Ask for Down on the card.",
    stays: "The machines stay draining: ask again or cancel with the buttons on the card.",
    askedAnew: ", once the machines drain in our window",
  },
  kill_drain: {
    name: "the kill-drain",
    whether: "to kill what runs there",
    notDone: "Nothing was killed",
    again: (id) =>
      `The frameworks are asked to leave instead. Ask again with the button or /mesos kill-drain ${id}, or for Down with /mesos down ${id}.`,
    againOnCard:
      "The frameworks are asked to leave instead; while tasks stay, Kill-drain on the card asks again.",
    stays:
      "The frameworks are asked to leave instead: ask again, for Down, or cancel with the buttons on the card.",
    askedAnew: "",
  },
  move_tasks: {
    name: "Move tasks",
    whether: "to move tasks",
    notDone: "No task was killed",
    again: (id) => `Ask again with the button or /mesos move ${id}.`,
    againOnCard: "While the machines drain it can be asked again, with Move tasks on the card.",
    stays: "The machines stay draining: ask again, or for Down, with the buttons on the card.",
    askedAnew: ", if anything can be moved",
  },
};
