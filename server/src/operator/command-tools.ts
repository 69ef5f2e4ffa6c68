import type { Call } from './call.ts'
import type { CommandRule } from './command-line.ts'
import { printObject, printTable } from './print.ts'

type AnswerRow = Record<string, unknown>

/** What the program lends to its commands. */
export interface Tools {
  call: Call
  /** Prints the result: as JSON where that is asked for, else as the text. */
  print(result: unknown, readable: () => string): void
  /** Brings the schema of the configured database up to date, and answers what it applied. */
  migrate(): Promise<string[]>
  /** Something that was looked at is wrong, though the command did what it was told. */
  fail(): void
}

export type Command = CommandRule<Tools>

/** Prints the one thing that a call answers. */
export async function printOne({ print }: Tools, answer: Promise<unknown>): Promise<void> {
  const object = (await answer) as AnswerRow
  print(object, () => printObject(object))
}

/** Prints the list that a call answers. */
export async function printMany({ print }: Tools, answer: Promise<unknown>, columns: string[]) {
  const rows = (await answer) as AnswerRow[]
  print(rows, () => printTable(rows, columns))
}

/** The path of something by the ids in it. */
export const at = (...steps: string[]): string =>
  steps.map((each) => `/${encodeURIComponent(each)}`).join('')
