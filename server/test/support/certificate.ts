import { generateKeyPairSync, randomInt, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** What a TLS server is started with, in PEM. */
export interface Identity {
  key: string
  cert: string
}

/** With a certificate that it has signed itself, by which it is trusted. */
export interface Authority extends Identity {
  /** A certificate for these names and IPv4 addresses; valid for an hour unless it is said. */
  issue(names: string[], options?: { expired?: boolean }): Identity
}

// Node.js reads certificates and does not make any; openssl is not on every machine. So here is as
// much of X.509 (RFC 5280) in DER as TLS needs: keys are made when a test runs, and belong to nobody.

const HOUR_MS = 3_600_000

/** Somebody who issues certificates, whom nobody trusts unless told to. */
export function createAuthority(): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const isAuthority = extension([0x55, 0x1d, 0x13], sequence(tlv(0x01, Buffer.of(0xff))))
  const own = { name: 'Tests', issuer: 'Tests', publicKey: keys.publicKey, isExpired: false }
  return {
    key: toPem(keys.privateKey),
    cert: createCertificate({ ...own, extensions: [isAuthority] }, keys.privateKey),
    issue(names, { expired: isExpired = false } = {}) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const extensions = [extension([0x55, 0x1d, 0x11], sequence(...names.map(alternative)))]
      const fields = { name: names[0] ?? '', issuer: 'Tests', publicKey, isExpired, extensions }
      return { key: toPem(privateKey), cert: createCertificate(fields, keys.privateKey) }
    },
  }
}

function toPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

interface Fields {
  name: string
  issuer: string
  publicKey: KeyObject
  isExpired: boolean
  extensions: Buffer[]
}

function createCertificate(
  { name, issuer, publicKey, isExpired, extensions }: Fields,
  signer: KeyObject,
): string {
  const end = Date.now() + (isExpired ? -HOUR_MS : HOUR_MS)
  // ecdsa-with-SHA256
  const algorithm = sequence(tlv(0x06, Buffer.from('2a8648ce3d040302', 'hex')))
  const content = sequence(
    tlv(0xa0, integer(2)),
    integer(randomInt(2 ** 30, 2 ** 31)),
    algorithm,
    commonName(issuer),
    sequence(time(end - 3 * HOUR_MS), time(end)),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', content, signer)
  const whole = sequence(content, algorithm, tlv(0x03, Buffer.concat([Buffer.of(0), signature])))
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? Buffer.of(length) : Buffer.of(0x82, length >> 8, length & 0xff)
  return Buffer.concat([Buffer.of(tag), size, content])
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, ...parts)
}

function integer(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return tlv(0x02, bytes.subarray(value < 128 ? 3 : 0))
}

/** YYYYMMDDHHMMSSZ */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\.\d+|\D/g, '')
  return tlv(0x18, Buffer.from(`${digits}Z`))
}

function commonName(name: string): Buffer {
  const kind = tlv(0x06, Buffer.of(0x55, 0x04, 0x03))
  return sequence(tlv(0x31, sequence(kind, tlv(0x0c, Buffer.from(name)))))
}

function extension(kind: number[], value: Buffer): Buffer {
  return sequence(tlv(0x06, Buffer.from(kind)), tlv(0x04, value))
}

function alternative(name: string): Buffer {
  const isAddress = /^[\d.]+$/.test(name)
  return isAddress
    ? tlv(0x87, Buffer.from(name.split('.').map(Number)))
    : tlv(0x82, Buffer.from(name))
}
