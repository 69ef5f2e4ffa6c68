import type { Import } from '../import-answer.ts'
import type { Options } from './arguments.ts'
import { CommandError } from './command-error.ts'
import { sayLost } from './context.ts'
import type { Context, ExitStatus } from './context.ts'
import { guardEmails } from './email-guard.ts'
import type { Guard } from './email-guard.ts'
import { conclude, finish } from './finish.ts'
import type { Ending } from './finish.ts'
import { follow } from './follow.ts'
import { createRate, renderUpload, startProgress } from './progress.ts'
import { renderLosses, renderPreview, renderReport } from './report-text.ts'
import { openSource, sha256 } from './source.ts'
import type { Source } from './source.ts'
import { bytes } from './text.ts'

/** A change of what is made of a file on its way is a new number: what was sent before doesn't fit. */
const FORM_VERSION = 2

/** `newcomer import FILE`: sends it, shows what it would do, asks, and follows it to its end. */
export async function importFile(
  context: Context,
  path: string,
  options: Options,
): Promise<ExitStatus> {
  const { client, terminal } = context
  const source = await openSource(path, context.stdin)
  const guard = await guardEmails(source, terminal, options)
  const begun = await client.imports.open({
    mode: options.mode,
    kind: options.kind,
    quiet: options.quiet,
    start: options.start,
    idempotencyKey: idempotencyKey(source, options, context.keyHash),
  })
  const received = await send(context, { begun, source, guard })
  let hasTold = false
  const look = (current: Import) => {
    if (hasTold || !current.report || isReading(current)) return
    terminal.print(`${renderReport(source.name, current, terminal)}\n`)
    hasTold = true
  }
  const checked = await follow(context, received, look)
  const ending = {
    rejects: options.rejects,
    defaultRejects: `${path === '-' ? begun.id : path}.rejects.csv`,
    isJson: options.json,
  }
  if (checked.state !== 'ready') return conclude(context, checked, ending)
  if (checked.preview) terminal.print(`${renderPreview(checked, checked.preview, terminal)}\n`)
  if (options.check) return discard(context, checked, options)
  // Nobody can answer where the file came from.
  const canAsk = terminal.canAsk && path !== '-'
  const { start, confirm } = options
  return decide(context, checked, { ...ending, isStarting: start, confirm, canAsk })
}

function isReading({ state }: Import): boolean {
  return state === 'receiving' || state === 'checking'
}

/**
 * The same for the same file with the same options, so that the same command goes on with what it
 * began. A stream begins anew each time.
 */
function idempotencyKey(source: Source, options: Options, keyHash: string): string | undefined {
  if (source.fingerprint === undefined) return undefined
  const { mode = 'merge', kind = 'purchasers', quiet, check, columns } = options
  const said = Object.entries(columns)
  const parts = [FORM_VERSION, source.fingerprint, mode, kind, quiet, check, keyHash, said]
  return `newcomer-${sha256(JSON.stringify(parts))}`
}

interface Sending {
  begun: Import
  source: Source
  guard: Guard
}

async function send(context: Context, { begun, source, guard }: Sending): Promise<Import> {
  const { client, terminal, interruption } = context
  if (begun.state !== 'receiving') {
    terminal.say(`The server has this file already: going on with ${begun.id}.`)
    return begun
  }
  if (begun.received_bytes > 0) {
    terminal.say(`The server has a part of this file already: going on with ${begun.id}.`)
  }
  interruption.answer = async () => {
    if (source.fingerprint !== undefined) {
      return 'Nothing is imported yet. To go on where it was: the same command again.'
    }
    await client.imports.cancel(begun.id)
    return 'Nothing is imported.'
  }
  const progress = startProgress(terminal)
  const rate = createRate()
  const { size: total } = source
  const show = () => {
    const done = source.done()
    const bytesPerSecond = rate(done)
    progress.show((width) => renderUpload({ done, total, bytesPerSecond }, width))
  }
  try {
    const read = (start: number) => guard.read(start, show)
    const options = { onLost: sayLost(terminal), onProgress: show }
    const received = await client.imports.upload(begun.id, read, options)
    terminal.say(`Sent: ${bytes(received.received_bytes)}.`)
    guard.tell()
    return received
  } catch (error) {
    // A file that was changed, or has plain e-mails far down, is not to be gone on with.
    if (error instanceof CommandError) await client.imports.cancel(begun.id).catch(() => undefined)
    throw error
  }
}

/** `--check`: nothing is left behind. */
async function discard(context: Context, checked: Import, options: Options): Promise<ExitStatus> {
  await context.client.imports.cancel(checked.id)
  if (options.json) context.terminal.printJson(checked)
  else context.terminal.print('Nothing was imported.')
  return (checked.preview?.rejected ?? 0) > 0 ? 2 : 0
}

async function decide(
  context: Context,
  checked: Import,
  ending: Ending & { isStarting: boolean; confirm: number | undefined; canAsk: boolean },
): Promise<ExitStatus> {
  const { client, terminal, interruption } = context
  const { confirm } = ending
  const needed = checked.preview?.confirm ?? null
  const start = `newcomer imports start ${checked.id}${needed === null ? '' : ` --confirm ${needed}`}`
  const waiting =
    `Nothing is imported yet. To start it: ${start}\n` +
    `To drop it: newcomer imports cancel ${checked.id}`
  interruption.answer = () => waiting
  if (needed !== null) terminal.complain(renderLosses(needed))
  // What takes much away is not started by a yes, as every file is: the number has to be said.
  const isPlain = needed === null
  const isAgreed = async () => ending.canAsk && (await terminal.ask('Start? [y/N] '))
  if (confirm !== undefined || (isPlain && (ending.isStarting || (await isAgreed())))) {
    return finish(context, await client.imports.start(checked.id, { confirm }), ending)
  }
  terminal.print(waiting)
  if (ending.isJson) terminal.printJson(checked)
  // A user who said --start counts on it.
  return !isPlain && ending.isStarting ? 1 : 0
}
