import type { Vault } from '../../kernel/vault.ts'
import { toUuid } from '../../kernel/key.ts'
import { invalidField } from '../../kernel/problem.ts'

/** Somebody who signs in: a member of organizations, an operator, or both. */
export interface Person extends PersonProfile {
  id: string
  /** Short form of the id; what is the person's refers to it. */
  number: number
  isOperator: boolean
  /** The argon2id hash with its parameters; null where there is no password. */
  passwordHash: string | null
  createdAt: Date
}

/** What is shown of a person. */
export interface PersonProfile {
  email: string
  name: string
}

/** A person's row. */
export interface PersonRow {
  id: string
  number: number
  blob: Uint8Array
  password: Uint8Array | null
  is_operator: boolean
  created_at: Date
}

// One address, as HTML's input fields take it: no list, no name, nothing that a header could be made of.
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/
const MAX_EMAIL = 254

/** The address as it is compared. @throws Problem 400 for what is none */
export function parsePersonEmail(text: string): string {
  const email = text.trim().toLowerCase()
  if (email.length <= MAX_EMAIL && EMAIL.test(email)) return email
  throw invalidField('email', 'email must be one e-mail address, such as kim@shop.example')
}

/** What a person is found by: the keyed hash of the address. */
export function sealEmail(vault: Vault, email: string): string {
  return toUuid(vault.seal('person', email))
}

const profileRow = (id: string): string => `people.blob ${id}`
const passwordRow = (id: string): string => `people.password ${id}`

export function encryptProfile(vault: Vault, id: string, { email, name }: PersonProfile): Buffer {
  return vault.encrypt(profileRow(id), { email, name })
}

/** Encrypted as well, so that a copy of the database lets nobody try passwords. */
export function encryptPasswordHash(vault: Vault, id: string, hash: string): Buffer {
  return vault.encrypt(passwordRow(id), hash)
}

export function toPerson(vault: Vault, row: PersonRow): Person {
  return {
    id: row.id,
    number: row.number,
    isOperator: row.is_operator,
    passwordHash: row.password && vault.decrypt<string>(passwordRow(row.id), row.password),
    createdAt: row.created_at,
    ...decryptProfile(vault, row),
  }
}

export function decryptProfile(vault: Vault, { id, blob }: Pick<PersonRow, 'id' | 'blob'>) {
  return vault.decrypt<PersonProfile>(profileRow(id), blob)
}
