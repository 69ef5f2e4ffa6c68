import { hash } from 'node:crypto'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import type { Vault } from '../../kernel/vault.ts'
import type { FactorRow } from './factor-store.ts'
import { factorBlobRow } from './totp.ts'

/** Where the browser believes to be: a passkey is good for one host name. */
export interface Site {
  /** Such as `https://network.example`. */
  origin: string
  hostname: string
}

/** What is encrypted of a passkey. */
export interface StoredPasskey {
  name: string
  credentialId: string
  publicKey: string
}

/** A passkey that has just been made. */
export interface NewPasskey extends Omit<StoredPasskey, 'name'> {
  signatures: number
}

export type { AuthenticationResponseJSON, RegistrationResponseJSON }

// EdDSA, ES256, RS256: what authenticators make.
const ALGORITHMS = [-8, -7, -257]

// Takes half a second and 24 MB, and warns of what is experimental in Node.js: only once a passkey is used.
const load = () => import('@simplewebauthn/server')

export const encryptPasskey = (vault: Vault, id: string, stored: StoredPasskey): Buffer =>
  vault.encrypt(factorBlobRow(id), stored)

export const decryptPasskey = (vault: Vault, { id, blob }: Pick<FactorRow, 'id' | 'blob'>) =>
  vault.decrypt<StoredPasskey>(factorBlobRow(id), blob)

/** What a passkey is found by. */
export function hashCredential(credentialId: string): Buffer {
  return hash('sha256', credentialId, 'buffer')
}

/** What the browser needs to make a passkey. */
export async function passkeyCreation(
  { hostname }: Site,
  person: { id: string; email: string; name: string },
  existing: readonly string[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await load()
  return generateRegistrationOptions({
    rpName: 'Newcomer',
    rpID: hostname,
    userName: person.email,
    userDisplayName: person.name,
    userID: new Uint8Array(Buffer.from(person.id)),
    attestationType: 'none',
    excludeCredentials: existing.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  })
}

/** Undefined where the answer is none to the challenge, or comes from elsewhere. */
export async function verifyCreation(
  { origin, hostname }: Site,
  challenge: string,
  response: RegistrationResponseJSON,
): Promise<NewPasskey | undefined> {
  const { verifyRegistrationResponse } = await load()
  const { registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: hostname,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(() => ({ registrationInfo: undefined }))
  if (!registrationInfo) return undefined
  const { id, publicKey, counter } = registrationInfo.credential
  const written = Buffer.from(publicKey).toString('base64url')
  return { credentialId: id, publicKey: written, signatures: counter }
}

/** What the browser needs to sign in. Names no passkey, so that it tells nobody who has one. */
export async function passkeyRequest({
  hostname,
}: Site): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await load()
  return generateAuthenticationOptions({ rpID: hostname, userVerification: 'required' })
}

/** How often the passkey says that it has signed; undefined where its answer is not good. */
export async function verifyPasskey(
  { origin, hostname }: Site,
  challenge: string,
  response: AuthenticationResponseJSON,
  { stored, signatures }: { stored: StoredPasskey; signatures: number },
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await load()
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: hostname,
    requireUserVerification: true,
    credential: {
      id: stored.credentialId,
      publicKey: new Uint8Array(Buffer.from(stored.publicKey, 'base64url')),
      counter: signatures,
    },
  }).catch(() => ({ verified: false, authenticationInfo: undefined }))
  return verified ? authenticationInfo?.newCounter : undefined
}
