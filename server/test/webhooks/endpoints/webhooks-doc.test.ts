import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newSecret } from '../../../src/webhooks/endpoints/endpoint.ts'
import { SUBSCRIBABLE_TYPES } from '../../../src/events/event.ts'
import { sampleMembers } from '../../../src/webhooks/dispatch/sample-event.ts'
import { signatureHeaders, toSigningKey } from '../../../src/webhooks/transport/sign.ts'

const DOC = readFileSync(new URL('../../../../docs/webhooks.md', import.meta.url), 'utf8')
const AT = new Date('2026-03-01T12:00:00.000Z')
const ENVELOPE = { id: 'hook-00000000000000f1', request_id: 'attempt-00000000000000f2' }

test.each(SUBSCRIBABLE_TYPES)('%s is listed, and shown as a test event is sent', (event_type) => {
  expect(DOC).toMatch(new RegExp(`^\\| \`${event_type}\` +\\|`, 'm'))
  const shown = DOC.split(`\n### ${event_type}\n`)[1]?.split('\n### ')[0]
  const body = { ...ENVELOPE, event_type, ...sampleMembers(event_type, AT) }
  expect(shown?.replaceAll(/^ {4}/gm, '').trim()).toBe(JSON.stringify(body, null, 2))
})

type Receive = (rawBody: Buffer, headers: Record<string, string>, secret: string) => unknown

/** The code of the document, with the packages where this repository has them. */
async function load(code: string): Promise<Receive> {
  const folder = mkdtempSync(join(tmpdir(), 'newcomer-doc-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'receive.mjs')
  const client = new URL('../../../../client/src/index.ts', import.meta.url).href
  const standard = import.meta.resolve('standardwebhooks')
  const resolved = code
    .replace('@newcomer/client', client)
    .replace("'standardwebhooks'", `'${standard}'`)
  writeFileSync(file, resolved)
  const { receive } = (await import(pathToFileURL(file).href)) as { receive: Receive }
  return receive
}

describe('the ways to verify', () => {
  const codes = [...DOC.matchAll(/^```js\n([^]*?)^```/gm)].map((match) => match[1] ?? '')

  test('there are three', () => {
    expect(codes).toHaveLength(3)
  })

  const named = codes.map((code) => [/from '(.*)'/.exec(code)?.[1], code] as const)

  test.each(named)('with %s', async (_name, code) => {
    const receive = await load(code)
    const secret = newSecret()
    const event = { ...ENVELOPE, event_type: 'ping' }
    const body = Buffer.from(JSON.stringify(event))
    const sign = (by: string) =>
      signatureHeaders([toSigningKey(by)], { id: event.id, at: new Date(), body })
    expect(receive(body, sign(secret), secret)).toEqual(event)
    expect(() => receive(body, sign(newSecret()), secret)).toThrow()
    expect(() => receive(Buffer.concat([body, Buffer.from(' ')]), sign(secret), secret)).toThrow()
    expect(() => receive(body, {}, secret)).toThrow()
  })
})
