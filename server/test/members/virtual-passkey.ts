import { createHash, createSign, generateKeyPairSync } from 'node:crypto'

/*
 * An authenticator as browsers have one: ES256, attestation "none", user present and verified. As much of CBOR
 * (RFC 8949) and COSE as a registration takes is written by hand, so that the server's library has a counterpart.
 */

type Cbor = number | string | Buffer | Map<number | string, Cbor>

function encode(value: Cbor): Buffer {
  if (typeof value === 'number') {
    return value >= 0 ? header(0, value) : header(1, -1 - value)
  }
  if (typeof value === 'string') {
    return Buffer.concat([header(3, Buffer.byteLength(value)), Buffer.from(value)])
  }
  if (Buffer.isBuffer(value)) return Buffer.concat([header(2, value.length), value])
  const entries = [...value].flatMap(([key, member]) => [encode(key), encode(member)])
  return Buffer.concat([header(5, value.size), ...entries])
}

function header(major: number, length: number): Buffer {
  if (length < 24) return Buffer.of((major << 5) | length)
  if (length < 256) return Buffer.of((major << 5) | 24, length)
  return Buffer.of((major << 5) | 25, length >> 8, length & 0xff)
}

const PRESENT_AND_VERIFIED = 0x05
const HAS_CREDENTIAL = 0x40

/** What `navigator.credentials.create()` gives, as JSON. */
export type Registration = {
  id: string
  rawId: string
  type: string
  response: { clientDataJSON: string; attestationObject: string }
}

/** What `navigator.credentials.get()` gives, as JSON. */
export type Assertion = {
  id: string
  rawId: string
  type: string
  response: { clientDataJSON: string; authenticatorData: string; signature: string }
}

/** What a bad authenticator, or a page that lies in between, does otherwise. */
export interface SignChanges {
  origin?: string
  flags?: number
  counter?: number
}

export interface VirtualPasskey {
  create(options: { challenge: string; rp: { id: string } }, changes?: SignChanges): Registration
  sign(options: { challenge: string; rpId: string }, changes?: SignChanges): Assertion
}

/** A passkey of a browser with a page of this origin open. */
export function createPasskey(origin: string, id = 'a passkey of nobody'): VirtualPasskey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const credentialId = Buffer.from(id)
  const named = {
    id: credentialId.toString('base64url'),
    rawId: credentialId.toString('base64url'),
  }
  let signed = 0

  function clientDataOf(type: string, challenge: string, changes: SignChanges): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: changes.origin ?? origin }))
  }

  function authenticatorDataOf(rpId: string, flags: number, counter: number): Buffer {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    return Buffer.concat([sha256(Buffer.from(rpId)), Buffer.of(flags), count])
  }

  return {
    create({ challenge, rp }, changes = {}) {
      const flags = (changes.flags ?? PRESENT_AND_VERIFIED) | HAS_CREDENTIAL
      const key = new Map<number, Cbor>([
        [1, 2], // kty: EC2
        [3, -7], // alg: ES256
        [-1, 1], // crv: P-256
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ])
      const length = Buffer.of(credentialId.length >> 8, credentialId.length & 0xff)
      const credential = [Buffer.alloc(16), length, credentialId, encode(key)]
      const authData = Buffer.concat([authenticatorDataOf(rp.id, flags, 0), ...credential])
      const attestation = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ])
      const clientData = clientDataOf('webauthn.create', challenge, changes)
      const response = {
        clientDataJSON: clientData.toString('base64url'),
        attestationObject: encode(attestation).toString('base64url'),
      }
      return { ...named, type: 'public-key', response }
    },
    sign({ challenge, rpId }, changes = {}) {
      const counter = changes.counter ?? ++signed
      const data = authenticatorDataOf(rpId, changes.flags ?? PRESENT_AND_VERIFIED, counter)
      const clientData = clientDataOf('webauthn.get', challenge, changes)
      const signature = createSign('sha256')
        .update(Buffer.concat([data, sha256(clientData)]))
        .sign(privateKey)
      const response = {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
      }
      return { ...named, type: 'public-key', response }
    },
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
