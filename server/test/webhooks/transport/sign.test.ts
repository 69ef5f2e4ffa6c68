import { describe, expect, test } from 'vitest'
import { Webhook } from 'standardwebhooks'
import { newSecret, rotateSecrets, validSecrets } from '../../../src/webhooks/endpoints/endpoint.ts'
import type { Secret } from '../../../src/webhooks/endpoints/endpoint.ts'
import { signButton, signatureHeaders, toSigningKey } from '../../../src/webhooks/transport/sign.ts'

const body = Buffer.from('{"id":"hook-0123456789abcdef","name":"Zoë"}')
const HOUR_MS = 3_600_000

// The package checks timestamps by the real clock.
function sign(secrets: Secret[], now = new Date()): Record<string, string> {
  const keys = validSecrets(secrets, now).map(({ secret }) => toSigningKey(secret))
  return signatureHeaders(keys, { id: 'hook-0123456789abcdef', at: new Date(), body })
}

function verify(secret: string, headers: Record<string, string>, raw = body): unknown {
  return new Webhook(secret).verify(raw, headers)
}

/** As the published verifiers do it: one secret, the header as a whole. */
function verifyButton({ secret }: Secret, headers: Record<string, string>): boolean {
  return signButton(toSigningKey(secret).text, body) === headers['x-button-signature']
}

test('the vector of the wire reference', () => {
  expect(signButton(toSigningKey('secret').text, Buffer.from('{ "a": 1 }'))).toBe(
    '79a3a5291c94340ff0058a631906375768d706357ee86826c3c692e6b9aa6817',
  )
})

test('the standardwebhooks package verifies what we sign, and nothing else', () => {
  const secret = newSecret()
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const headers = sign([{ secret, expires_at: null }])
  expect(verify(secret, headers)).toMatchObject({ name: 'Zoë' })
  expect(() => verify(newSecret(), headers)).toThrow()
  expect(() => verify(secret, headers, Buffer.from('{}'))).toThrow()
  expect(() => verify(secret, { ...headers, 'webhook-id': 'hook-other' })).toThrow()
})

describe('while secrets overlap', () => {
  const now = new Date()
  const first: Secret = { secret: newSecret(), expires_at: null }
  const second = newSecret()
  const secrets = rotateSecrets([first], second, now, 24)

  test('webhook-signature can be verified with either', () => {
    const headers = sign(secrets, now)
    expect(verify(first.secret, headers)).toBeDefined()
    expect(verify(second, headers)).toBeDefined()
  })

  test('X-Button-Signature stays one value, under the old one until the end', () => {
    const before = sign(secrets, new Date(now.getTime() + 24 * HOUR_MS - 1))
    expect(before['x-button-signature']).toMatch(/^[0-9a-f]{64}$/)
    expect(verifyButton(first, before)).toBe(true)
    const end = sign(secrets, new Date(now.getTime() + 24 * HOUR_MS))
    expect(verifyButton({ secret: second, expires_at: null }, end)).toBe(true)
    expect(() => verify(first.secret, end)).toThrow()
  })
})

describe('a rotation', () => {
  const now = new Date('2025-03-04T10:00:00.000Z')
  const one: Secret = { secret: 'whsec_b25l', expires_at: null }

  test('without overlap leaves the new secret only', () => {
    expect(rotateSecrets([one], 'whsec_dHdv', now, 0)).toEqual([
      { secret: 'whsec_dHdv', expires_at: null },
    ])
  })

  test('never lengthens the life of a secret', () => {
    const twice = rotateSecrets(rotateSecrets([one], 'whsec_dHdv', now, 1), 'whsec_3', now, 24)
    expect(twice).toEqual([
      { secret: 'whsec_3', expires_at: null },
      { secret: 'whsec_dHdv', expires_at: '2025-03-05T10:00:00.000Z' },
      { secret: 'whsec_b25l', expires_at: '2025-03-04T11:00:00.000Z' },
    ])
  })

  test('is refused when five would still be valid', () => {
    let secrets = [one]
    for (let index = 0; index < 4; index++) {
      secrets = rotateSecrets(secrets, newSecret(), now, 24)
    }
    expect(() => rotateSecrets(secrets, newSecret(), now, 24)).toThrow(/overlap_hours 0/)
    expect(rotateSecrets(secrets, newSecret(), now, 0)).toHaveLength(1)
  })
})
