import type { Import } from '../import.ts'
import { sayLost } from './context.ts'
import type { Context } from './context.ts'
import { renderRows, startProgress } from './progress.ts'

/** Shows how an import goes on until it rests, and answers it then. */
export async function follow({ client, terminal }: Context, begun: Import): Promise<Import> {
  const progress = startProgress(terminal)
  let current = begun
  const onLost = sayLost(terminal)
  for await (const next of client.imports.watch(begun.id, { onLost })) {
    current = next
    progress.show(() => renderRows(next))
  }
  return current
}
