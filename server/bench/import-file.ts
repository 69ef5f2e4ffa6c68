import { hash } from 'node:crypto'

// Small enough to be made as fast as it is read, large enough to be one write.
const LINES_AT_ONCE = 1_000

/** A publisher's list of so many customers, each with an address of its own, as it is sent. */
export async function* writeList(name: string, rows: number): AsyncGenerator<string> {
  yield 'user_id,email_sha256\n'
  for (let from = 0; from < rows; from += LINES_AT_ONCE) {
    const count = Math.min(LINES_AT_ONCE, rows - from)
    const lines = Array.from({ length: count }, (_, index) => {
      const { id, email } = rowAt(name, from + index)
      return `${id},${email}\n`
    })
    yield lines.join('')
  }
}

export function rowAt(name: string, index: number): { id: string; email: string } {
  return { id: `${name}-${index}`, email: hash('sha256', `${name}-${index}@list.example`) }
}
