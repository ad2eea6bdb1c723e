/**
 * Slack's limits for messages, in characters as sent (after escaping) unless the name says otherwise. From Slack's
 * Block Kit reference and the page of `chat.postMessage`. A message over one of them is refused whole.
 */
export const LIMITS = {
  /** Blocks in one message. */
  blocks: 50,
  /** Blocks in a modal, and in a Home. */
  viewBlocks: 100,
  sectionText: 3000,
  /** Fields in one section. */
  fields: 10,
  fieldText: 2000,
  headerText: 150,
  contextText: 2000,
  actionElements: 25,
  buttonText: 75,
  buttonValue: 2000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  /** Title of a modal, and the labels of its two buttons. */
  modalTitle: 24,
  modalButton: 24,
  /** Label of an input in a modal. */
  inputLabel: 2000,
  inputPlaceholder: 150,
  inputHint: 2000,
  /** What is said beside an input; Slack names no limit, and one line is read. */
  inputError: 300,
  optionText: 75,
  /** Options of one select. */
  options: 100,
  /** What a modal carries from its opening to its submission. */
  privateMetadata: 3000,
  /** `block_id` and `action_id`. */
  id: 255,
  /** All text of all blocks together; over about this Slack answers `msg_blocks_too_long`. */
  messageText: 10_000,
  /** The `text` beside the blocks; Slack advises at most this and cuts at 40,000. */
  fallbackText: 4000,
} as const;

/** Slack shows "failed to respond" to the person when there is no acknowledgement within this time. */
export const ACK_DEADLINE_MS = 3000;
