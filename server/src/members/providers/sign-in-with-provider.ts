import { inTx, retry } from '../../kernel/database/transaction.ts'
import { MINUTE_MS } from '../../kernel/durations.ts'
import { toUuid } from '../../kernel/key.ts'
import { Problem, unavailable } from '../../kernel/problem.ts'
import type { PeopleParts } from '../people-parts.ts'
import { bindSubject, findPersonByEmail } from '../people/person-store.ts'
import { parsePersonEmail, sealEmail, toPerson } from '../people/person.ts'
import { beginGuess, refuseProof } from '../refuse-proof.ts'
import { goOn } from '../sign-in.ts'
import type { SignInPlace, SignInStep } from '../sign-in.ts'
import type { Provider, ProviderIdentity, ProviderStart } from './provider.ts'

const LIFETIME_MS = 10 * MINUTE_MS
const START_ROW = 'sign-in by provider'

interface StoredStart extends ProviderStart {
  expiresMs: number
}

/**
 * Where the browser goes to sign in, and what it keeps meanwhile: encrypted, so that nothing of it is stored here
 * for whoever asks. @throws Problem 503 where the provider does not answer
 */
export async function beginWithProvider(
  { vault, clock, log }: PeopleParts,
  provider: Provider,
  redirectUri: string,
): Promise<{ url: string; ticket: string }> {
  try {
    const { url, start } = await provider.begin(redirectUri)
    const stored: StoredStart = { ...start, expiresMs: clock.now().getTime() + LIFETIME_MS }
    return { url, ticket: vault.encrypt(START_ROW, stored).toString('base64url') }
  } catch (error) {
    log.warn({ err: error }, 'The provider of sign-ins did not answer.')
    throw unavailable('The provider of this sign-in does not answer; try again, or use a password.')
  }
}

export interface ProviderAnswer {
  /** What the browser kept; undefined where it has none. */
  ticket: string | undefined
  /** The URL that the provider sent the browser to, as it is registered there, with its query. */
  back: URL
}

/**
 * Signs in whom the provider names. By the address the first time; from then on it has to be the same subject of
 * the provider, so that an address that it gives to somebody else opens nothing. @throws Problem 401, 429
 */
export async function signInWithProvider(
  parts: PeopleParts,
  provider: Provider,
  { ticket, back }: ProviderAnswer,
  place: SignInPlace,
): Promise<SignInStep> {
  const { database, vault, clock, throttle } = parts
  const attempt = { action: 'person.sign-in', by: 'provider', origin: place.origin } as const
  // By network alone: who it is, only the provider will say.
  const { network } = place
  const guess = { account: `provider ${network}`, network, isKnownDevice: false }
  const unknown = { ...attempt, person: undefined }
  beginGuess(parts, guess, unknown)
  const start = decryptStart(parts, ticket)
  if (!start || start.expiresMs <= clock.now().getTime()) throw refuseProof(parts, unknown)
  const identity = await identify(parts, provider, back, start)
  const account = identity && sealedEmailOf(parts, identity)
  const row =
    account === undefined ? undefined : await retry(() => findPersonByEmail(database.db, account))
  if (!identity || !row) throw refuseProof(parts, unknown)
  const person = toPerson(vault, row)
  const subject = toUuid(vault.seal('provider', provider.issuer, identity.subject))
  const its = { number: person.number, subject }
  if (!(await inTx(database.db, (tx) => bindSubject(tx, its)))) {
    throw refuseProof(parts, { ...attempt, person })
  }
  throttle.succeed(guess)
  return goOn(parts, person, place, identity.isByTwoFactors ? 'provider-mfa' : 'provider')
}

/** Undefined for whatever the provider did not vouch for; what exactly only the log says. */
async function identify(
  { log }: PeopleParts,
  provider: Provider,
  back: URL,
  start: ProviderStart,
): Promise<ProviderIdentity | undefined> {
  try {
    return await provider.finish(back, start)
  } catch (error) {
    // Without its message and cause, which may quote what the provider answered.
    const { name, code } = error as { name?: unknown; code?: unknown }
    log.warn({ name, code }, 'A sign-in by the provider was not good.')
    return undefined
  }
}

function sealedEmailOf({ vault }: PeopleParts, { email }: ProviderIdentity): string | undefined {
  try {
    return sealEmail(vault, parsePersonEmail(email))
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

function decryptStart({ vault }: PeopleParts, ticket = ''): StoredStart | undefined {
  try {
    return vault.decrypt<StoredStart>(START_ROW, Buffer.from(ticket, 'base64url'))
  } catch {
    return undefined
  }
}
