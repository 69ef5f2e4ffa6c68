import { FileRefused, countEmails, hashEmailColumn } from '../customer-file/hash-emails.ts'
import type { EmailCounts, HashEmailOptions } from '../customer-file/hash-emails.ts'
import { CommandError } from './command-error.ts'
import { sha256 } from './source.ts'
import type { Source } from './source.ts'
import type { Terminal } from './terminal.ts'
import { counted, visible } from './text.ts'

export interface Guard {
  /**
   * The file from that byte on, as it is sent: without plain e-mails. Tells of each chunk before, for
   * it may take long to get there.
   */
  read(start: number, skipped: () => void): AsyncIterable<Uint8Array>
  /** Says what it has found, once the file has been read to its end. */
  tell(): void
}

export interface GuardOptions {
  hashEmails: boolean
  /** Whether addresses are hashed in their second forms as well. */
  secondForms: boolean
  /** What columns hold whose names do not say it. */
  columns: HashEmailOptions['columns']
}

/**
 * Every file goes through it, so that no plain e-mail is ever sent, wherever in the file it stands.
 * Throws CommandError when hashing is not wanted and needed, and for what the server would refuse.
 */
export async function guardEmails(
  source: Source,
  terminal: Terminal,
  { hashEmails: isHashing, columns, secondForms }: GuardOptions,
): Promise<Guard> {
  const head = await countEmails(await source.head(), { columns }).catch(refuseFile)
  refuseUnknown(head)
  if (!isHashing && head.hashed + head.refused + head.removed > 0) throw plainEmails()
  if (head.columns.length > 0) {
    const names = head.columns.map((column) => `"${column}"`).join(', ')
    terminal.say(`Plain e-mails in ${names}: hashed here (SHA-256); only the hashes are sent.`)
  }
  if (head.ids > 0) {
    terminal.say(
      'The customer ids look like e-mail addresses. As your ids they are sent as they are.',
    )
  }
  let counts: EmailCounts | undefined
  return {
    read(start, skipped) {
      const hashed = hashEmailColumn(source.read(), {
        hash: isHashing ? sha256 : refuse,
        columns,
        secondForms,
        counted: (result) => {
          counts = result
          // Such a column may begin far down.
          refuseUnknown(result)
        },
      })
      // What had been sent before is hashed again: only the whole file says what a byte becomes.
      return skip(hashed, start, skipped)
    },
    tell() {
      const { hashed = 0, refused = 0, removed = 0 } = counts ?? {}
      if (hashed > 0) terminal.say(`${counted(hashed, 'e-mail')} hashed.`)
      if (refused > 0) {
        terminal.say(
          `${counted(refused, 'cell')} with an @ but no address: sent as [not an address].`,
        )
      }
      if (removed > 0) {
        terminal.say(
          `Removed from elsewhere in the file: ${counted(removed, 'cell')} with addresses.`,
        )
      }
    },
  }
}

function refuseFile(error: unknown): never {
  throw error instanceof FileRefused ? new CommandError(error.message) : error
}

/** Nobody in such a file would be known by what the column holds, and nobody would be told. */
function refuseUnknown({ unknown: [column] = [] }: EmailCounts): void {
  if (!column) return
  const what = column.holds === 'hashes' ? 'hashes' : 'e-mail addresses'
  const name = visible(column.name)
  throw new CommandError(
    `The column "${name}" is full of ${what}, and its name does not say what they are. Say it: ` +
      `--column "email=${name}" where they are customers' e-mails, --column "ignored=${name}" where not.`,
  )
}

function refuse(): never {
  throw plainEmails()
}

function plainEmails(): CommandError {
  return new CommandError(
    'The file has plain e-mails, which are not sent. Leave out --no-hash-emails to hash them here.',
  )
}

async function* skip(chunks: AsyncIterable<Uint8Array>, start: number, skipped: () => void) {
  let left = start
  for await (const chunk of chunks) {
    const length = Math.min(left, chunk.length)
    left -= length
    if (length > 0) skipped()
    if (length < chunk.length) yield chunk.subarray(length)
  }
  if (left > 0) throw new CommandError('The server has more of this file than there is')
}
