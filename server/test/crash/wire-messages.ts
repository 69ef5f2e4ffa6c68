/** A message of PostgreSQL's protocol, as far as the tests need to understand it. */
export interface Message {
  /** Empty for the first of a client, which has none. */
  type: string
  bytes: Buffer
  /** The SQL that it brings, if it does. */
  statement: string | undefined
}

/** Cuts a stream of bytes into the messages that it consists of. */
export function readMessages(
  { hasStartup }: { hasStartup: boolean },
  heard: (message: Message) => void,
): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0)
  let isStartup = hasStartup
  const prepared = new Map<string, string>()
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const head = isStartup ? 0 : 1
      if (rest.length < head + 4) return
      const length = head + rest.readUInt32BE(head)
      if (rest.length < length) return
      const bytes = rest.subarray(0, length)
      rest = rest.subarray(length)
      const type = isStartup ? '' : String.fromCharCode(bytes[0]!)
      isStartup = false
      heard({ type, bytes, statement: statementOf(type, bytes.subarray(head + 4), prepared) })
    }
  }
}

/** The text of a simple query, and of a prepared one at each use, by the name it was prepared under. */
function statementOf(
  type: string,
  body: Buffer,
  prepared: Map<string, string>,
): string | undefined {
  if (type === 'Q') return body.toString('utf8', 0, body.length - 1)
  if (type !== 'P' && type !== 'B') return undefined
  // Parse says the name and the text, Bind the portal and the name.
  const [first = '', second = ''] = body.toString('latin1').split('\0', 2)
  if (type === 'B') return prepared.get(second)
  prepared.set(first, second)
  return undefined
}
