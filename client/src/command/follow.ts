import type { Import } from '../import-answer.ts'
import { isResting } from '../watch-import.ts'
import { sayLost } from './context.ts'
import type { Context } from './context.ts'
import { renderRows, startProgress } from './progress.ts'

/** Shows how an import goes on until it rests, and answers it then. */
export async function follow(
  { client, terminal, interruption }: Context,
  begun: Import,
  look: (current: Import) => void = () => {},
): Promise<Import> {
  const progress = startProgress(terminal)
  let current = begun
  interruption.answer = () => partingOf(current)
  for await (const next of client.imports.watch(begun.id, { onLost: sayLost(terminal) })) {
    current = next
    look(next)
    if (!isResting(next)) progress.show((width) => renderRows(next, width))
  }
  return current
}

function partingOf({ state, id }: Import): string {
  if (state === 'waiting' || state === 'running') {
    const again = `To follow it again: newcomer imports start ${id}`
    return `The import goes on at the server.\n${again}\nTo stop it: newcomer imports cancel ${id}`
  }
  const what = state === 'undoing' ? 'taking back' : 'checking the file'
  return `The server goes on ${what}. To see how far it is: newcomer imports show ${id}`
}
