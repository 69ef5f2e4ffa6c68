import { NewcomerError, parseEmail } from '@newcomer/client/browser'
import type { BrowserClient, Customer } from '@newcomer/client/browser'
import { hashText } from '../parts/hash-text.ts'

/** What somebody typed, as it may leave the browser: an address only as its hash. */
export type Sought =
  | { kind: 'id'; id: string }
  | { kind: 'email'; hash: string }
  | { kind: 'device'; id: string }
  | { kind: 'wrong'; why: string }

const SHA256 = /^[0-9a-f]{64}$/i
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

export function readSought(typed: string): Sought {
  const text = typed.trim()
  if (text === '') return { kind: 'wrong', why: 'Type an id or an e-mail address.' }
  if (SHA256.test(text)) return { kind: 'email', hash: text.toLowerCase() }
  if (UUID.test(text)) return { kind: 'device', id: text }
  if (!text.includes('@')) return { kind: 'id', id: text }
  const parsed = parseEmail(text)
  if ('address' in parsed) return { kind: 'email', hash: hashText(parsed.address) }
  return { kind: 'wrong', why: 'That is no whole e-mail address. Nothing of it was sent.' }
}

/** The customers that are meant, of the organization's own. Throws NewcomerError. */
export async function findSought(
  client: Pick<BrowserClient, 'customers'>,
  sought: Exclude<Sought, { kind: 'wrong' }>,
): Promise<Customer[]> {
  if (sought.kind === 'email') return client.customers.find({ email_sha256: sought.hash })
  const own = await findById(client, sought.id)
  if (own.length > 0 || sought.kind === 'id') return own
  return client.customers.find({ advertising_id: sought.id })
}

async function findById(
  { customers }: Pick<BrowserClient, 'customers'>,
  id: string,
): Promise<Customer[]> {
  try {
    return [await customers.get(id)]
  } catch (error) {
    if (error instanceof NewcomerError && error.status === 404) return []
    throw error
  }
}
