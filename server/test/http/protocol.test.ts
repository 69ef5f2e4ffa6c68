import { describe, expect, test } from 'vitest'
import { pglite } from '../support/databases.ts'
import { useNetwork } from '../support/network.ts'
import { exchange } from './raw.ts'
import type { RawAnswer } from './raw.ts'

const network = useNetwork(pglite.create, { publishers: 1, merchants: 1 })

const basic = (key: string): string => `Authorization: Basic ${btoa(`${key}:`)}`

/** A request with the publisher's key, which ends the connection. */
async function ask(
  line: string,
  { headers = [], body = '' }: { headers?: string[]; body?: string | Buffer } = {},
): Promise<RawAnswer> {
  const head = [`${line} HTTP/1.1`, 'Host: api.example', basic(network.publishers[0]!.key)]
  const text = [...head, 'Connection: close', ...headers].join('\r\n')
  const [answer] = await exchange(network.url, `${text}\r\n\r\n`, body)
  return answer!
}

function json(body: string): { headers: string[]; body: string } {
  const length = `Content-Length: ${Buffer.byteLength(body)}`
  return { headers: ['Content-Type: application/json', length], body }
}

function expectError(answer: RawAnswer | undefined, status: number, type?: string): void {
  expect(answer?.status).toBe(status)
  expect(answer?.body.meta).toEqual({ status: 'error' })
  expect(Object.keys(answer?.body.error)).toEqual(['message', 'type', 'details'])
  if (type) expect(answer?.body.error.type).toBe(type)
  expect(answer?.headers['x-request-id']).toMatch(/^req-[0-9a-f]{16}$/)
  expect(answer?.headers['content-type']).toBe('application/json; charset=utf-8')
}

test('no answer can be rendered as a page or in one, whatever it is', async () => {
  for (const path of ['/v1/customers/c', '/nowhere', '/healthz', '/v1/organization']) {
    const { headers } = await ask(`GET ${path}`)
    expect(headers['x-content-type-options'], path).toBe('nosniff')
    expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'")
  }
})

test('TRACE is not there, which would show a page what it may not see', async () => {
  const headers = ['X-Secret: canary']
  const answer = await ask('TRACE /healthz', { headers })
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(JSON.stringify(answer.body)).not.toContain('canary')
})

describe('tolerated, as the published clients send it', () => {
  test('a chunked body without a length', async () => {
    const headers = ['Content-Type: application/json', 'Transfer-Encoding: chunked']
    const body = '6\r\n{"id":\r\n5\r\n"c1"}\r\n0\r\n\r\n'
    const answer = await ask('POST /v1/customers', { headers, body })
    expect(answer).toMatchObject({ status: 200, body: { object: { id: 'c1' } } })
  })

  test.each(['', 'Content-Length: 0', 'Content-Type: application/json'])(
    'a GET and a DELETE without a body, with the header "%s"',
    async (header) => {
      await ask('POST /v1/customers', json('{"id":"c2"}'))
      const headers = header === '' ? [] : [header]
      expect(await ask('GET /v1/customers/c2', { headers })).toMatchObject({ status: 200 })
      const answer = await ask('DELETE /v1/customers/c2', { headers })
      expect(answer).toMatchObject({ status: 200, body: { object: null } })
    },
  )

  test('a DELETE with Content-Type and an empty chunked body', async () => {
    await ask('POST /v1/customers', json('{"id":"c3"}'))
    const headers = ['Content-Type: application/json', 'Transfer-Encoding: chunked']
    const answer = await ask('DELETE /v1/customers/c3', { headers, body: '0\r\n\r\n' })
    expect(answer).toMatchObject({ status: 200, body: { object: null } })
  })

  test('a trailing slash', async () => {
    expect(await ask('GET /v1/merchants/')).toMatchObject({ status: 200 })
  })

  test('an id that is percent-encoded, slash and all', async () => {
    await ask('POST /v1/customers', json('{"id":"a/b%c?d"}'))
    const answer = await ask('GET /v1/customers/a%2Fb%25c%3Fd')
    expect(answer.body.object.id).toBe('a/b%c?d')
  })

  test('an id of 255 characters, each percent-encoded', async () => {
    await ask('POST /v1/customers', json(`{"id":"${'/'.repeat(255)}"}`))
    expect(await ask(`GET /v1/customers/${'%2F'.repeat(255)}`)).toMatchObject({ status: 200 })
  })

  test('a version, any date; a malformed one is refused by name', async () => {
    const version = (text: string) => ({ headers: [`X-Button-API-Version: ${text}`] })
    expect(await ask('GET /v1/merchants', version('2017-01-01'))).toMatchObject({ status: 200 })
    for (const text of ['1.0', '2017-13-01', '2017-02-30', '']) {
      const answer = await ask('GET /v1/merchants', version(text))
      expectError(answer, 400, 'InvalidField')
      expect(answer.body.error.details).toEqual({ field: 'X-Button-API-Version' })
    }
  })

  test('a request without a Host header', async () => {
    const lines = ['GET /healthz HTTP/1.0', 'GET /healthz HTTP/1.1\r\nConnection: close']
    for (const line of lines) {
      const [answer] = await exchange(network.url, `${line}\r\n\r\n`)
      expect(answer).toMatchObject({ status: 200 })
    }
  })

  test('requests in one packet are answered in their order', async () => {
    const one = `GET /v1/merchants HTTP/1.1\r\nHost: a\r\n${basic(network.publishers[0]!.key)}\r\n`
    const last = 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
    const answers = await exchange(network.url, `${one}\r\n${one}\r\n${last}`)
    expect(answers.map(({ status, body }) => [status, 'objects' in body])).toEqual([
      [200, true],
      [200, true],
      [200, false],
    ])
  })
})

describe('who asks', () => {
  const asking = (header: string) =>
    exchange(
      network.url,
      `GET /v1/merchants HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${header}\r\n\r\n`,
    )

  test.each([
    ['nobody', 'X-None: 1'],
    ['an unknown key', `Authorization: Basic ${btoa('sk-unknown:')}`],
    ['a key with a password', `Authorization: Basic ${btoa('sk-a:b')}`],
    ['a key without a colon', `Authorization: Basic ${btoa('sk-a')}`],
    ['an empty key', `Authorization: Basic ${btoa(':')}`],
    ['another scheme', 'Authorization: Bearer sk-unknown'],
    ['no base64', 'Authorization: Basic %%%'],
    ['too much of it', `Authorization: Basic ${'A'.repeat(9_000)}`],
  ])('%s is refused', async (_, header) => {
    const [answer] = await asking(header)
    expectError(answer, 401)
    expect(answer?.body.error.message).toBe('Invalid api_key')
  })

  test("an organization's key is not the operator's, and the other way round", async () => {
    expectError(await ask('GET /operator/v1/organizations'), 401)
    const { status } = await network.operator.call('GET', '/v1/merchants')
    expect(status).toBe(401)
  })

  test('a merchant is told that it must be a publisher', async () => {
    const { status, body } = await network.merchants[0]!.call('GET', '/v1/merchants')
    expect(status).toBe(401)
    expect(body.error.message).toBe(
      'The calling organization must be a publisher to access this endpoint.',
    )
  })
})

describe('bodies that are refused', () => {
  test.each([
    ['{"id":"c","email_sha256":5}', 'email_sha256'],
    ['{"id":"c","emails_sha256":["a",["secret"]]}', 'emails_sha256[1]'],
    ['{}', 'id'],
    ['', 'id'],
    ['[]', 'body'],
    ['"secret"', 'body'],
    ['null', 'body'],
    ['{"id":"c","id":"d"}', 'id'],
  ])('%s', async (body, field) => {
    const answer = await ask('POST /v1/customers', json(body))
    expectError(answer, 400, 'InvalidField')
    expect(answer.body.error.details).toEqual({ field })
    expect(answer.body.error.message).not.toContain('secret')
  })

  test('a body that is not called JSON, with what to do', async () => {
    const headers = ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 2']
    const answer = await ask('POST /v1/customers', { headers, body: '{}' })
    expectError(answer, 415, 'UnsupportedMediaType')
    expect(answer.body.error.message).toContain('Content-Type: application/json')
    expectError(
      await ask('POST /v1/customers', { headers: ['Content-Length: 2'], body: '{}' }),
      415,
    )
    const odd = ['Content-Type: ;;;', 'Content-Length: 2']
    expectError(await ask('POST /v1/customers', { headers: odd, body: '{}' }), 415)
  })

  test('a compressed body', async () => {
    const { headers, body } = json('{}')
    const compressed = [...headers, 'Content-Encoding: gzip']
    expectError(await ask('POST /v1/customers', { headers: compressed, body }), 415)
  })

  test('a body over the limit, which is named; a batch may be larger', async () => {
    const large = `{"id":"c","surprise":"${'x'.repeat(65_536)}"}`
    const answer = await ask('POST /v1/customers', json(large))
    expectError(answer, 413, 'BodyTooLarge')
    expect(answer.body.error.message).toContain('65536')
    const batch = await ask('POST /v1/customers/batch', json(`{"customers":[${large}]}`))
    expect(batch).toMatchObject({ status: 200 })
  })
})

describe('what is hardly HTTP never gets a 5xx, and always an envelope', () => {
  const head = 'Host: a\r\nConnection: close\r\n'
  test.each([
    ['garbage', 'garbage\r\n\r\n', 400],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['an unknown method', `BREW /v1/merchants HTTP/1.1\r\n${head}\r\n`, 400],
    ['a proxy request', `CONNECT example.com:443 HTTP/1.1\r\n${head}\r\n`, 400],
    ['a header too many', `GET / HTTP/1.1\r\n${head}X: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
    ['a URL too long', `GET /${'x'.repeat(70_000)} HTTP/1.1\r\n${head}\r\n`, 431],
    ['a header without a name', `GET / HTTP/1.1\r\n${head}: x\r\n\r\n`, 400],
    [
      'two lengths',
      `POST /v1/customers HTTP/1.1\r\n${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      400,
    ],
    [
      'a length and chunks',
      `POST /v1/customers HTTP/1.1\r\n${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
      400,
    ],
    ['a length of letters', `POST /v1/customers HTTP/1.1\r\n${head}Content-Length: x\r\n\r\n`, 400],
    [
      'a chunk of no size, where nobody wanted any',
      `POST /v1/merchants HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      404,
    ],
    ['an expectation', `GET /healthz HTTP/1.1\r\n${head}Expect: miracles\r\n\r\n`, 417],
    ['a broken percent', `GET /v1/customers/%zz HTTP/1.1\r\n${head}\r\n`, 400],
    ['a percent that is not UTF-8', `GET /v1/customers/%ff HTTP/1.1\r\n${head}\r\n`, 400],
    ['an id too long', `GET /v1/customers/${'x'.repeat(800)} HTTP/1.1\r\n${head}\r\n`, 414],
    ['an unknown path', `GET /v1/nothing?secret HTTP/1.1\r\n${head}\r\n`, 404],
    ['another method', `PUT /v1/merchants HTTP/1.1\r\n${head}\r\n`, 404],
    ['an absolute URL of nowhere', `GET http://[ HTTP/1.1\r\n${head}\r\n`, 400],
    ['an asterisk', `OPTIONS * HTTP/1.1\r\n${head}\r\n`, 404],
  ])('%s', async (_, request, status) => {
    const answers = await exchange(network.url, request)
    expect(answers).toHaveLength(1)
    expectError(answers[0], status)
    expect(JSON.stringify(answers[0]?.body)).not.toContain('secret')
  })

  test.each(['/v1/customers', '/v1/imports'])('a chunk of no size for %s', async (path) => {
    const headers = ['Transfer-Encoding: chunked']
    expectError(await ask(`POST ${path}`, { headers, body: 'zz\r\n' }), 400)
  })

  test('a broken percent with a valid key', async () => {
    expectError(await ask('GET /v1/customers/%zz'), 400)
    expectError(await ask('GET /v1/customers/%C3%28'), 400)
  })

  test('queries that no form would send', async () => {
    for (const query of [
      'status=approved&status=pending',
      'status[]=x',
      '__proto__=x',
      'currency=%zz',
    ]) {
      expectError(await ask(`GET /v1/merchants?${query}`), 400, 'InvalidField')
    }
  })

  test('the server is none the worse for it', async () => {
    const answer = await ask('GET /readyz')
    expect(answer).toMatchObject({ status: 200, body: { object: { status: 'ready' } } })
  })
})

describe('what watches over the program', () => {
  test('metrics are text, by the pattern of the route and never by the path', async () => {
    await ask('GET /v1/customers/canary-4711')
    const response = await fetch(`${network.url}/metrics`)
    const text = await response.text()
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(text).toContain('route="/v1/customers/:id",status="404"')
    expect(text).toContain('process_cpu_seconds_total')
    expect(text).not.toContain('canary-4711')
    expect(text).not.toContain(network.publishers[0]!.organization.id)
  })
})
