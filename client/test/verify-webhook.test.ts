import { inspect } from 'node:util'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { expect, expectTypeOf, test } from 'vitest'
import { signButton, signStandard, verifyWebhook, WebhookVerificationError } from '../src/index.ts'
import type { Transaction, VerifyOptions } from '../src/index.ts'

const secret = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`
const otherSecret = `whsec_${Buffer.from('fedcba9876543210fedcba98').toString('base64')}`
const event = {
  id: 'hook-0123456789abcdef',
  request_id: 'attempt-0123456789abcdef',
  event_type: 'segment-change',
  customer_id: 'customer-123',
  note: 'naïve 🙂',
}
const body = JSON.stringify(event)
const timestamp = 1_490_646_544
const now = new Date(timestamp * 1000)
const id = event.id

function standardHeaders(text: string | Uint8Array = body, key = secret) {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signStandard({ id, timestamp, body: text, secret: key }),
  }
}

function buttonHeaders(text: string | Uint8Array = body, key = secret) {
  return { 'X-Button-Signature': signButton(text, key) }
}

const plain = { body, secret, now, headers: standardHeaders() }

function reasonOf(options: VerifyOptions): string {
  try {
    verifyWebhook(options)
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error.reason
    throw error
  }
  return 'accepted'
}

test('the published vector of X-Button-Signature holds', () => {
  expect(signButton('{ "a": 1 }', 'secret')).toBe(
    '79a3a5291c94340ff0058a631906375768d706357ee86826c3c692e6b9aa6817',
  )
})

test('both kinds of signature answer the event, from text and from bytes', () => {
  for (const headers of [standardHeaders(), buttonHeaders()]) {
    expect(verifyWebhook({ ...plain, headers })).toEqual(event)
    expect(verifyWebhook({ ...plain, headers, body: Buffer.from(body) })).toEqual(event)
    expect(verifyWebhook({ ...plain, headers, body: new TextEncoder().encode(body) })).toEqual(
      event,
    )
  }
})

test('an event is told by its type, and what it carries with it', () => {
  const told = { id: 'tx-0123456789abcdef', status: 'validated', amount: 45 }
  const text = JSON.stringify({ ...event, event_type: 'tx-validated', data: told })
  const verified = verifyWebhook({ ...plain, body: text, headers: standardHeaders(text) })
  if (verified.event_type !== 'tx-validated') expect.fail('another event')
  expectTypeOf(verified.data).toExtend<Transaction>()
  expectTypeOf(verified.data.status).toEqualTypeOf<'validated'>()
  expect(verified.data).toEqual(told)
})

test('headers are found in any case and container', () => {
  const lower = standardHeaders()
  const upper = Object.fromEntries(
    Object.entries(lower).map(([name, value]) => [name.toUpperCase(), [value]]),
  )
  for (const headers of [lower, upper, new Headers(lower), { ...lower, cookie: undefined }]) {
    expect(reasonOf({ ...plain, headers })).toBe('accepted')
  }
  for (const headers of [
    new Headers(buttonHeaders()),
    { 'x-button-signature': signButton(body, secret) },
  ]) {
    expect(reasonOf({ ...plain, headers })).toBe('accepted')
  }
})

test('while a secret is rotated either side may know one or both', () => {
  const pair = [otherSecret, secret]
  const standard = pair.map((key) => standardHeaders(body, key)['webhook-signature'])
  const button = pair.map((key) => signButton(body, key))
  const reversed = standard.toReversed().join(', ')
  const standardForms = [standard.join(' '), reversed, `v1a,AAAA ${standard.join(' ')}`]
  for (const signature of standardForms) {
    const headers = { ...standardHeaders(), 'webhook-signature': signature }
    expect(reasonOf({ ...plain, headers })).toBe('accepted')
  }
  for (const signature of [button.join(','), button.join(' '), button.join(', '), button]) {
    const headers = { 'x-button-signature': signature }
    expect(reasonOf({ ...plain, headers })).toBe('accepted')
  }
  for (const headers of [standardHeaders(body, otherSecret), buttonHeaders(body, otherSecret)]) {
    expect(reasonOf({ ...plain, headers })).toBe('wrong-signature')
    expect(reasonOf({ headers, body, now, secrets: [secret, otherSecret] })).toBe('accepted')
  }
})

test('the time window is closed on both sides', () => {
  const at = (seconds: number) => new Date((timestamp + seconds) * 1000)
  expect(reasonOf({ ...plain, now: at(300) })).toBe('accepted')
  expect(reasonOf({ ...plain, now: at(-300) })).toBe('accepted')
  expect(reasonOf({ ...plain, now: at(301) })).toBe('too-old')
  expect(reasonOf({ ...plain, now: at(-301) })).toBe('too-new')
  expect(reasonOf({ ...plain, now: at(11), toleranceSeconds: 10 })).toBe('too-old')
  expect(reasonOf({ ...plain, toleranceSeconds: Number.NaN })).not.toBe('accepted')
  expect(reasonOf({ ...plain, now: new Date(Number.NaN) })).not.toBe('accepted')
})

test('a Standard Webhooks header that is there must hold, whatever the other signature says', () => {
  const button = buttonHeaders()
  for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const) {
    const { [name]: _, ...headers } = standardHeaders()
    expect(reasonOf({ ...plain, headers: { ...headers, ...button } })).toBe('missing-header')
    const alone = { [name]: standardHeaders()[name] }
    expect(reasonOf({ ...plain, headers: { ...alone, ...button } })).toBe('missing-header')
  }
  const wrong = { ...standardHeaders(body, otherSecret), ...button }
  expect(reasonOf({ ...plain, headers: wrong })).toBe('wrong-signature')
})

test('what cannot be right has its own reason', () => {
  const standard = standardHeaders()
  const time = (value: string) => ({ ...standard, 'webhook-timestamp': value })
  expect(reasonOf({ ...plain, headers: {} })).toBe('missing-header')
  expect(reasonOf({ ...plain, headers: { 'x-button-signature': '' } })).toBe('wrong-signature')
  for (const value of [
    '',
    'soon',
    '-1',
    '1e9',
    `0${timestamp}`,
    ` ${timestamp}`,
    `${timestamp}.0`,
  ]) {
    expect(reasonOf({ ...plain, headers: time(value) }), value).toBe('malformed-header')
  }
  for (const value of ['', 'a.b', 'a b', 'a, a']) {
    const headers = { ...standard, 'webhook-id': value }
    expect(reasonOf({ ...plain, headers }), value).toBe('malformed-header')
  }
  expect(reasonOf({ ...plain, secret: 'secret' })).toBe('wrong-signature')
  for (const text of ['', 'null', '[]', '"a"', '{}', '{"id":"hook-1"}', '{"id":']) {
    const options = { ...plain, body: text, headers: standardHeaders(text) }
    expect(reasonOf(options), text).toBe('malformed-body')
  }
  const bytes = Buffer.concat([Buffer.from(body.slice(0, -2)), Buffer.of(0xff), Buffer.from('"}')])
  expect(reasonOf({ ...plain, body: bytes, headers: buttonHeaders(bytes) })).toBe('malformed-body')
})

test('a wrong call is a TypeError, so that it is not taken for a forgery', () => {
  const parsed = event as unknown as string
  expect(() => verifyWebhook({ ...plain, body: parsed })).toThrow(/raw text or bytes/)
  for (const key of ['', undefined as unknown as string]) {
    expect(() => verifyWebhook({ ...plain, secret: key })).toThrow(TypeError)
  }
  const { body, headers } = plain
  expect(() => verifyWebhook({ body, headers, secrets: [] })).toThrow(TypeError)
  expect(() => verifyWebhook({ body, headers, secrets: [secret, ''] })).toThrow(TypeError)
  expect(() => signButton(body, '')).toThrow(TypeError)
  for (const key of ['', 'whsec_', 'secret', 'whsec_a', 'whsec_!!!!']) {
    expect(() => signStandard({ id, timestamp, body, secret: key }), key).toThrow(TypeError)
  }
  expect(() => signStandard({ id, timestamp: 1.5, body, secret })).toThrow(TypeError)
})

test('an error shows neither secret nor body', () => {
  const options = { ...plain, headers: standardHeaders(body, otherSecret) }
  try {
    verifyWebhook(options)
    expect.unreachable()
  } catch (error) {
    const printed = inspect(error, { depth: null, showHidden: true })
    expect(printed).toContain('WebhookVerificationError')
    expect(printed).not.toContain(secret)
    expect(printed).not.toContain('customer-123')
  }
})

test('the reference implementation of Standard Webhooks accepts ours and we accept its', () => {
  const key = fc.uint8Array({ minLength: 1, maxLength: 64 })
  fc.assert(
    fc.property(key, fc.string({ unit: 'binary' }), (bytes, note) => {
      const secret = `whsec_${Buffer.from(bytes).toString('base64')}`
      const body = JSON.stringify({ ...event, note })
      const reference = new Webhook(secret)
      const current = new Date()
      const timestamp = Math.floor(current.getTime() / 1000)
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signStandard({ id, timestamp, body, secret }),
      }
      expect(reference.verify(body, headers)).toEqual({ ...event, note })
      const theirs = { ...headers, 'webhook-signature': reference.sign(id, current, body) }
      expect(verifyWebhook({ body, headers: theirs, secret })).toEqual({ ...event, note })
    }),
  )
})

test('no byte of the body can be changed, left out or added', () => {
  const original = Buffer.from(body)
  const position = fc.nat(original.length - 1)
  const change = fc.integer({ min: 1, max: 255 })
  fc.assert(
    fc.property(position, change, fc.nat(255), (at, mask, extra) => {
      const changed = Buffer.from(original)
      changed[at] = (changed[at] ?? 0) ^ mask
      const shorter = Buffer.concat([original.subarray(0, at), original.subarray(at + 1)])
      const longer = Buffer.concat([original, Buffer.of(extra)])
      for (const headers of [standardHeaders(), buttonHeaders()]) {
        for (const tampered of [changed, shorter, longer]) {
          expect(reasonOf({ ...plain, headers, body: tampered })).toBe('wrong-signature')
        }
      }
    }),
  )
})

test('no character of a signed header can be changed', () => {
  const headers = { ...standardHeaders(), ...buttonHeaders() }
  const names = Object.keys(headers) as (keyof typeof headers)[]
  const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code))
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(200), visible, (name, offset, character) => {
      const value = headers[name]
      const at = offset % value.length
      fc.pre(value[at] !== character)
      const tampered = value.slice(0, at) + character + value.slice(at + 1)
      const group = name === 'X-Button-Signature' ? {} : standardHeaders()
      const outcome = reasonOf({ ...plain, headers: { ...group, [name]: tampered } })
      expect(outcome).not.toBe('accepted')
    }),
    { numRuns: 2000 },
  )
})
