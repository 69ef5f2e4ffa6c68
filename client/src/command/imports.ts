import type { Import, ImportSummary } from '../import-answer.ts'
import type { Options } from './arguments.ts'
import type { Context, ExitStatus } from './context.ts'
import { finish, saveRejects } from './finish.ts'
import { follow } from './follow.ts'
import { renderOutcome, renderPreview, renderReport } from './report-text.ts'
import { count } from './text.ts'

/** `newcomer imports list`, newest first. */
export async function listImports(
  { client, terminal }: Context,
  options: Options,
): Promise<ExitStatus> {
  const { objects } = await client.imports.list({ page_size: 20 })
  if (options.json) terminal.printJson(objects)
  else terminal.print(renderList(objects))
  return 0
}

function renderList(imports: ImportSummary[]): string {
  if (imports.length === 0) return 'There are no imports.'
  const heads = ['Import', 'Created', 'State', 'Mode', 'Rows', 'Rejected']
  const rows = imports.map((each) => [
    each.id,
    each.created_date.slice(0, 16).replace('T', ' '),
    each.state,
    each.kind === null ? each.mode : `${each.mode}, ${each.kind}`,
    count(each.total_rows),
    count(each.rejected),
  ])
  const widths = heads.map((head, at) =>
    Math.max(head.length, ...rows.map((row) => cell(row, at).length)),
  )
  const line = (row: string[]) =>
    widths
      .map((width, at) => (at < 4 ? cell(row, at).padEnd(width) : cell(row, at).padStart(width)))
      .join('  ')
  return [heads, ...rows].map(line).join('\n')
}

function cell(row: string[], at: number): string {
  return row[at] ?? ''
}

/** `newcomer imports show ID` */
export async function showImport(
  { client, terminal }: Context,
  id: string,
  options: Options,
): Promise<ExitStatus> {
  const current = await client.imports.get(id)
  if (options.json) terminal.printJson(current)
  else {
    terminal.print(`${renderReport(current.id, current, terminal)}\n`)
    if (current.preview && current.started_date === null) {
      terminal.print(`${renderPreview(current, current.preview, terminal)}\n`)
    }
    terminal.print(`State: ${current.state}`)
    if (current.error) terminal.print(`Refused: ${current.error.message}`)
    if (current.started_date !== null) terminal.print(renderOutcome(current))
  }
  return statusOf(current)
}

function statusOf(current: Import): ExitStatus {
  if (current.state === 'refused') return 1
  return current.state === 'finished' && current.rejected > 0 ? 2 : 0
}

/** `newcomer imports start ID`: as after a yes in `newcomer import`. */
export async function startImport(
  context: Context,
  id: string,
  options: Options,
): Promise<ExitStatus> {
  const started = await context.client.imports.start(id, { confirm: options.confirm })
  return finish(context, started, endingOf(id, options))
}

/** `newcomer imports cancel ID` */
export async function cancelImport(
  context: Context,
  id: string,
  options: Options,
): Promise<ExitStatus> {
  const cancelled = await context.client.imports.cancel(id)
  if (options.json) context.terminal.printJson(cancelled)
  else {
    context.terminal.print('Cancelled.')
    if (cancelled.rows > 0) {
      context.terminal.print(renderOutcome(cancelled))
      context.terminal.print(`To take it back: newcomer imports undo ${id}`)
    }
  }
  return 0
}

/** `newcomer imports undo ID`: follows it until all is taken back. */
export async function undoImport(
  context: Context,
  id: string,
  options: Options,
): Promise<ExitStatus> {
  const { client, terminal, interruption } = context
  interruption.answer = () => `It goes on at the server. To see it: newcomer imports show ${id}`
  const undoing = await client.imports.undo(id)
  const undone = undoing.state === 'undone' ? undoing : await follow(context, undoing)
  if (options.json) terminal.printJson(undone)
  else {
    if (undone.restored > 0) {
      terminal.print(`Given back to ${count(undone.restored)} customers what the import had taken.`)
    }
    terminal.print(`Taken back from ${count(undone.undone)} customers.`)
  }
  return undone.state === 'undone' ? 0 : 1
}

/** `newcomer imports rejects ID`: to standard output, or to a file. */
export async function fetchRejects(
  { client, terminal }: Context,
  id: string,
  options: Options,
): Promise<ExitStatus> {
  if (options.rejects !== undefined) {
    await saveRejects(() => client.imports.rejects(id), options.rejects)
    return 0
  }
  for await (const text of client.imports.rejects(id)) await terminal.printRaw(text)
  return 0
}

function endingOf(id: string, options: Options) {
  return { rejects: options.rejects, defaultRejects: `${id}.rejects.csv`, isJson: options.json }
}
