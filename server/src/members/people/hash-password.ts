import { argon2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { unavailable } from '../../kernel/problem.ts'
import { sameBytes } from '../../kernel/vault.ts'

/*
 * argon2id by Node.js itself, with the parameters that OWASP's cheat sheet advises: 19 MiB, two passes, one
 * lane. Measured: 53 to 75 ms on one core, not on the event loop.
 */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1 }
const SALT_BYTES = 16
const HASH_BYTES = 32
// Bounds memory and processors for all callers together: 38 MiB, and half a second for the last in the queue.
const MAX_AT_ONCE = 2
const MAX_QUEUED = 8

const compute = promisify(argon2)

export interface PasswordHashes {
  /** The hash as a PHC string, parameters and salt in it. @throws Problem 503 where too many wait */
  hash(password: string): Promise<string>
  /**
   * Whether it is the password that the hash was made of. Takes as long where there is none to compare with,
   * and says no. @throws Problem 503 where too many wait
   */
  verify(password: string, hash: string | null): Promise<boolean>
}

interface Parsed {
  memory: number
  passes: number
  parallelism: number
  salt: Buffer
  hash: Buffer
}

export function createPasswordHashes(): PasswordHashes {
  const acquire = createSlots()

  async function derive(password: string, parsed: Omit<Parsed, 'hash'>): Promise<Buffer> {
    const { memory, passes, parallelism, salt: nonce } = parsed
    const release = await acquire()
    try {
      const message = normalize(password)
      const parameters = { message, nonce, memory, passes, parallelism, tagLength: HASH_BYTES }
      return await compute('argon2id', parameters)
    } finally {
      release()
    }
  }

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES)
      return toPhc({ ...PARAMETERS, salt, hash: await derive(password, { ...PARAMETERS, salt }) })
    },
    async verify(password, hash) {
      const parsed = hash === null ? nobodys : parsePhc(hash)
      const isSame = sameBytes(await derive(password, parsed), parsed.hash)
      return hash !== null && isSame
    },
  }
}

const nobodys: Parsed = {
  ...PARAMETERS,
  salt: Buffer.alloc(SALT_BYTES),
  hash: Buffer.alloc(HASH_BYTES),
}

/** Whether the hash was made with other parameters than are used today. */
export function isOutdated(hash: string): boolean {
  const { memory, passes, parallelism } = parsePhc(hash)
  const { memory: m, passes: t, parallelism: p } = PARAMETERS
  return memory !== m || passes !== t || parallelism !== p
}

/** What looks the same is the same, however the keyboard composes it (NIST SP 800-63B). */
function normalize(password: string): Buffer {
  return Buffer.from(password.normalize('NFKC'))
}

function toPhc({ memory, passes, parallelism, salt, hash }: Parsed): string {
  const encoded = [salt, hash].map((bytes) => bytes.toString('base64').replaceAll('=', ''))
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${encoded.join('$')}`
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/

function parsePhc(text: string): Parsed {
  const [, m, t, p, salt, hash] = PHC.exec(text) ?? []
  if (salt === undefined || hash === undefined) throw new Error('not a hash of argon2id')
  return {
    memory: Number(m),
    passes: Number(t),
    parallelism: Number(p),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}

/** A semaphore with a short queue; answers what gives the slot back. */
function createSlots(): () => Promise<() => void> {
  const queue: (() => void)[] = []
  let running = 0

  function release(): void {
    const next = queue.shift()
    if (next) next()
    else running--
  }

  return async () => {
    if (running < MAX_AT_ONCE) running++
    else if (queue.length < MAX_QUEUED) await new Promise<void>((resolve) => queue.push(resolve))
    else throw unavailable('Too many people sign in just now; try again in a second.')
    return release
  }
}
