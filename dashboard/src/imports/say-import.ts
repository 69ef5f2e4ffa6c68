import type { Import, ImportPreview, ImportState } from '@newcomer/client/browser'
import { sayCount, sayCounted } from './say-numbers.ts'

export const STATES: Record<ImportState, { label: string; color: string }> = {
  receiving: { label: 'being sent', color: 'blue' },
  checking: { label: 'being looked at', color: 'blue' },
  ready: { label: 'ready to start', color: 'yellow' },
  waiting: { label: 'waiting', color: 'blue' },
  running: { label: 'running', color: 'blue' },
  finished: { label: 'finished', color: 'teal' },
  refused: { label: 'refused', color: 'red' },
  cancelled: { label: 'cancelled', color: 'gray' },
  undoing: { label: 'being undone', color: 'blue' },
  undone: { label: 'undone', color: 'gray' },
}

const RESTING: readonly ImportState[] = ['ready', 'finished', 'refused', 'cancelled', 'undone']

/** Whether nothing more happens by itself. */
export function isAtRest({ state }: Pick<Import, 'state'>): boolean {
  return RESTING.includes(state)
}

export function sayMode({ mode, kind }: Pick<Import, 'mode' | 'kind'>): string {
  return kind === null ? mode : `${mode}, ${kind}`
}

/** "Start: 12,301 created, 88 rejected": what pressing it does, on the button. */
export function sayStart(preview: ImportPreview): string {
  const parts = [
    [preview.created, 'created'],
    [preview.updated, 'updated'],
    [preview.rejected, 'rejected'],
    [preview.removed, 'removed'],
  ] as const
  const said = parts.flatMap(([count, word]) => (count > 0 ? `${sayCount(count)} ${word}` : []))
  const what = said.length > 0 ? said.join(', ') : 'nothing changes'
  return `Start: ${preview.is_exact ? '' : 'about '}${what}`
}

/** "3 created + 0 updated + 1 unchanged + 2 rejected = 6 rows". */
export function saySum(
  sums: Pick<Import, 'created' | 'updated' | 'unchanged' | 'rejected' | 'rows'>,
): string {
  const { created, updated, unchanged, rejected, rows } = sums
  return (
    `${sayCount(created)} created + ${sayCount(updated)} updated + ${sayCount(unchanged)} unchanged + ` +
    `${sayCount(rejected)} rejected = ${sayCounted(rows, 'row')}`
  )
}

export function addsUp(
  sums: Pick<Import, 'created' | 'updated' | 'unchanged' | 'rejected' | 'rows'>,
): boolean {
  const { created, updated, unchanged, rejected, rows } = sums
  return created + updated + unchanged + rejected === rows
}
