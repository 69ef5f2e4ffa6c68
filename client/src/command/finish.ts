import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Import } from '../import-answer.ts'
import { NewcomerError } from '../newcomer-error.ts'
import type { Context, ExitStatus } from './context.ts'
import { follow } from './follow.ts'
import { addsUp, renderLosses, renderOutcome } from './report-text.ts'
import { counted, visible } from './text.ts'

export interface Ending {
  /** Where rejected rows go, as the user wants it. */
  rejects: string | undefined
  /** Where they go otherwise; nothing there is written over. */
  defaultRejects: string
  isJson: boolean
}

/** Follows a started import to its end, says what became of it, and saves what was rejected. */
export async function finish(context: Context, begun: Import, ending: Ending): Promise<ExitStatus> {
  return conclude(context, await follow(context, begun), ending)
}

export async function conclude(
  context: Context,
  ended: Import,
  ending: Ending,
): Promise<ExitStatus> {
  const { terminal, interruption } = context
  interruption.answer = () => `To see the import: newcomer imports show ${ended.id}`
  let isDone = ended.state === 'finished'
  if (ended.error) terminal.complain(`Refused: ${visible(ended.error.message)}`)
  if (ended.state === 'cancelled') terminal.complain('The import was cancelled.')
  const losses = ended.state === 'ready' ? ended.preview?.confirm : null
  if (typeof losses === 'number') {
    terminal.complain(renderLosses(losses))
    terminal.complain(`To start it: newcomer imports start ${ended.id} --confirm ${losses}`)
  }
  if (ended.rows > 0 || isDone) terminal.print(renderOutcome(ended))
  if (!addsUp(ended)) {
    terminal.complain('The counts do not add up: please report this to the operator of the server.')
    isDone = false
  }
  if (ended.rejected > 0) isDone = (await keepRejects(context, ended, ending)) && isDone
  if (ended.rows > 0 && (ended.state === 'finished' || ended.state === 'cancelled')) {
    terminal.print(`To take it back: newcomer imports undo ${ended.id}`)
  }
  if (ending.isJson) terminal.printJson(ended)
  if (!isDone) return 1
  return ended.rejected > 0 ? 2 : 0
}

/** Answers whether they are saved. The import is done in any case. */
async function keepRejects(
  { terminal, client }: Context,
  ended: Import,
  { rejects, defaultRejects }: Ending,
): Promise<boolean> {
  const path = rejects ?? (await unusedPath(defaultRejects))
  try {
    await saveRejects(() => client.imports.rejects(ended.id), path)
    terminal.print(
      `${counted(ended.rejected, 'rejected row')} saved: ${path}\n` +
        'Mend and import that file; its columns line and reason are ignored.',
    )
    return true
  } catch (error) {
    const isKnown = error instanceof NewcomerError || (error instanceof Error && 'syscall' in error)
    if (!isKnown) throw error
    terminal.complain(
      `The rejected rows could not be saved: ${error.message}\n` +
        `To fetch them: newcomer imports rejects ${ended.id} --rejects PATH`,
    )
    return false
  }
}

/** Somebody may be mending the rows that an earlier import rejected. */
async function unusedPath(wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = number === 1 ? wanted : wanted.replace(/(\.csv)?$/, `.${number}$1`)
    const exists = await stat(path).then(
      () => true,
      () => false,
    )
    if (!exists) return path
  }
}

const MAX_TRIES = 3

/** The file is there as a whole or not at all, and for its owner's eyes only. */
export async function saveRejects(
  fetchRejects: () => AsyncGenerator<string>,
  path: string,
): Promise<void> {
  const part = `${path}.part`
  for (let tries = 1; ; tries++) {
    try {
      await pipeline(Readable.from(fetchRejects()), createWriteStream(part, { mode: 0o600 }))
      await rename(part, path)
      return
    } catch (error) {
      await rm(part, { force: true })
      const isLost = error instanceof NewcomerError && error.status === 0
      if (!isLost || tries === MAX_TRIES) throw error
    }
  }
}
