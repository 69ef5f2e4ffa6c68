import { beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { createAsk } from './ask.ts'
import type { Ask } from './ask.ts'
import { createImportCalls } from './import-calls.ts'
import type { ImportBody, ImportCalls } from './import-calls.ts'

const FILE = `user_id,email_sha256\nc-1,${emailHash('1')}\nc-2,none\n`
const KEYS = [
  ['id', 'state', 'kind', 'mode', 'quiet', 'starts_at_once', 'received_bytes', 'total_rows'],
  ['rows', 'created', 'updated', 'unchanged', 'rejected', 'rows_per_second', 'time_left_seconds'],
  ['removed', 'undone', 'restored', 'error', 'report', 'preview'],
  ['created_date', 'started_date', 'ended_date'],
].flat()
const ACTS = ['start', 'cancel', 'undo'] as const
/** As what an import in a state ends, by what is asked for; the rest is a conflict. */
const OUTCOMES: [state: string, acts: Partial<Record<(typeof ACTS)[number], string>>][] = [
  ['receiving', { cancel: 'cancelled' }],
  ['ready', { start: 'finished' }],
  ['ready', { cancel: 'cancelled' }],
  ['finished', { start: 'finished', undo: 'undone' }],
  ['refused', {}],
  ['cancelled', { cancel: 'cancelled', undo: 'undone' }],
  ['undone', { undo: 'undone' }],
]
const ABSENT = 'import-0123456789abcdef'

describe.each(databases)('the calls about imports, on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 3, merchants: 1 })
  let publisher: Member
  let merchant: Member
  let ask: Ask
  let imports: ImportCalls

  beforeAll(() => {
    publisher = network.publishers[0]!
    merchant = network.merchants[0]!
    ask = createAsk(network.url, publisher)
    imports = createImportCalls(network.url, publisher)
  })

  test('an import from its beginning to its end', async () => {
    const shop = createImportCalls(network.url, merchant)
    const file = `user_id;E-Mail Hash;x\nc-1;${emailHash('1')};\nc-2;nobody@shop.example;\n`
    const ready = await shop.check(file, { mode: 'accounts,replace', quiet: true })
    expect(Object.keys(ready).toSorted()).toEqual(KEYS.toSorted())
    const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(ready).toEqual({
      id: expect.stringMatching(/^import-[0-9a-f]{16}$/),
      ...{ state: 'ready', kind: 'accounts', mode: 'replace', quiet: true, starts_at_once: false },
      ...{ received_bytes: file.length, total_rows: 2 },
      ...{ rows: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, removed: 0, undone: 0 },
      ...{ restored: 0 },
      ...{ rows_per_second: null, time_left_seconds: null, error: null },
      report: {
        ...{ encoding: 'utf-8', delimiter: ';', line_ends: 'lf' },
        columns: [
          { name: 'user_id', means: 'user_id' },
          { name: 'E-Mail Hash', means: 'email_sha256' },
          { name: 'x', means: null },
        ],
        findings: expect.arrayContaining([
          {
            ...{ code: 'plain-email', severity: 'rejected', count: 1, lines: [3] },
            ...{ message: expect.any(String), advice: expect.any(String) },
          },
        ]),
      },
      preview: {
        confirm: null,
        ...{ rows: 2, created: 1, updated: 0, unchanged: 0, rejected: 1, removed: 0 },
        ...{ segment_changes: 0, is_exact: true },
      },
      ...{ created_date: date, started_date: null, ended_date: null },
    })
    const done = await shop.finish(ready.id)
    const counts = { rows: 2, created: 1, updated: 0, unchanged: 0, rejected: 1 }
    const ended = { ...ready, state: 'finished', ...counts, started_date: date, ended_date: date }
    expect(done).toEqual(ended)
    const undone = await shop.takeBack(ready.id)
    expect(undone).toEqual({ ...ended, state: 'undone', undone: 1 })
    expect((await merchant.call('GET', '/v1/customers/c-1')).status).toBe(404)
  })

  async function makeIn(state: string): Promise<string> {
    if (state === 'ready') return (await imports.check(FILE)).id
    if (state === 'refused') return (await must(imports.send('name\n'))).id
    if (state === 'finished') return (await imports.run(FILE)).id
    if (state === 'undone') return (await imports.takeBack(await makeIn('finished'))).id
    const { id } = await must(imports.send(undefined))
    if (state === 'cancelled') await must(imports.cancel(id))
    return id
  }

  test('what can be done in which state; the same call again changes nothing', async () => {
    for (const [state, acts] of OUTCOMES) {
      const id = await makeIn(state)
      const others = OUTCOMES.flatMap((each) => (each[0] === state ? Object.keys(each[1]) : []))
      for (const act of ACTS.filter((each) => !others.includes(each))) {
        const { status, body } = await imports[act](id)
        expect({ state, act, status }).toEqual({ state, act, status: 409 })
        expect(body.error).toMatchObject({ type: 'Conflict', details: {} })
        expect(body.error.message).toContain(state)
        expect(await imports.read(id)).toMatchObject({ state })
      }
      for (const [act, end] of Object.entries(acts)) {
        for (const answer of [await imports[act as 'undo'](id), await imports[act as 'undo'](id)]) {
          expect({ state, act, status: answer.status }).toEqual({ state, act, status: 200 })
        }
        expect(await imports.rested(id)).toMatchObject({ state: end })
      }
    }
  })

  test.each([
    ['nothing', {}],
    ['a type of JSON and nothing', { headers: { 'content-type': 'application/json' } }],
    ['{}', { headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') }],
  ])('an act is asked for with %s, and with a slash behind it', async (_, options) => {
    const { id } = await must(imports.send(undefined))
    const { status, body } = await ask('POST', `/v1/imports/${id}/cancel/`, options)
    expect({ status, state: body.object.state }).toEqual({ status: 200, state: 'cancelled' })
    expect(await ask('GET', `/v1/imports/${id}/rejects.csv/`)).toMatchObject({ status: 200 })
    expect(await ask('GET', `/v1/imports/${id}/`)).toMatchObject({ status: 200 })
  })

  test.each([
    ['{"quietly":true}', 'application/json', 400],
    ['[]', 'application/json', 400],
    ['{', 'application/json', 400],
    ['x', 'text/csv', 415],
  ])('an act takes no %s as %s', async (body, type, expected) => {
    const { id } = await must(imports.send(undefined))
    const options = { headers: { 'content-type': type }, body: Buffer.from(body) }
    const { status, body: answer } = await ask('POST', `/v1/imports/${id}/cancel`, options)
    expect({ status, meta: answer.meta }).toEqual({ status: expected, meta: { status: 'error' } })
    expect(await imports.read(id)).toMatchObject({ state: 'receiving' })
  })

  test.each([
    ['mode', '?mode=', 'mode'],
    ['mode', '?mode=purchasers', 'merge or replace'],
    ['mode', '?mode=accounts,replace', 'merge or replace'],
    ['mode', '?mode=merge,replace', 'merge or replace'],
    ['mode', '?mode=Replace', 'merge or replace'],
    ['mode', '?mode=merge&mode=replace', 'mode'],
    ['start', '?start=later', 'now'],
    ['start', '?start=now&start=now', 'now'],
    ['quiet', '?quiet=yes', 'true, false'],
    ['kind', '?kind=accounts', 'not a parameter'],
  ])('a publisher is told of %s in %s', async (field, query, hint) => {
    const { status, body } = await ask('POST', `/v1/imports${query}`, { body: Buffer.from(FILE) })
    expect({ status, ...body.error.details }).toEqual({ status: 400, field })
    expect(body.error).toMatchObject({ type: 'InvalidField' })
    expect(body.error.message).toContain(hint)
  })

  test.each([
    ['?mode=purchasers,accounts', 400],
    ['?mode=purchasers,replace,merge', 400],
    ['?mode=replace,accounts', 'accounts replace'],
    ['?mode=purchasers, merge', 'purchasers merge'],
    ['?mode=replace', 'purchasers replace'],
    ['', 'purchasers merge'],
  ])('a merchant asks for %s', async (query, expected) => {
    const { status, body } = await merchant.call('POST', `/v1/imports${query}`)
    const made = status === 200 ? `${body.object.kind} ${body.object.mode}` : status
    expect(made).toBe(expected)
  })

  test('the list is by page, the newest first, whatever is made meanwhile', async () => {
    const other = createImportCalls(network.url, network.publishers[1]!)
    const call = network.publishers[1]!.call
    expect((await call('GET', '/v1/imports')).body).toEqual({
      meta: { status: 'ok', next: null, previous: null, prev: null },
      objects: [],
    })
    const made: string[] = []
    for (const index of [1, 2, 3, 4, 5]) {
      made.unshift((await must(other.send(index === 3 ? FILE : undefined))).id)
    }
    const pages: string[][] = []
    for (let path = '/v1/imports?page_size=2'; path;) {
      const { status, body } = await call('GET', path)
      expect(status).toBe(200)
      // A page of reports would be megabytes.
      const summary = KEYS.filter((name) => name !== 'report').toSorted()
      expect(Object.keys(body.objects[0]).toSorted()).toEqual(summary)
      pages.push(body.objects.map(({ id }: ImportBody) => id))
      await must(other.send(undefined))
      path = body.meta.next?.slice(network.url.length) ?? ''
      if (path) expect(body.meta.next).toContain(`${network.url}/v1/imports?`)
      if (path) expect(await ask('GET', path)).toMatchObject({ status: 400 })
    }
    expect(pages).toEqual([made.slice(0, 2), made.slice(2, 4), made.slice(4)])
  })

  test.each([
    ['page_size=0', 'page_size'],
    ['page_size=501', 'page_size'],
    ['page_size=x', 'page_size'],
    ['cursor=x', 'cursor'],
    ['cursor=', 'cursor'],
    ['state=ready', 'state'],
  ])('no list with %s', async (query, field) => {
    const { status, body } = await ask('GET', `/v1/imports?${query}`)
    expect({ status, details: body.error.details }).toEqual({ status: 400, details: { field } })
  })

  const CALLS = [
    ...['', '/events', '/rejects.csv'].map((rest) => ['GET', rest]),
    ...ACTS.map((act) => ['POST', `/${act}`]),
    ['PUT', '/file'],
  ] as [string, string][]

  test("another's import answers as an absent one does, and is left alone", async () => {
    const shop = createImportCalls(network.url, merchant)
    const { id: theirs } = await shop.check(FILE)
    const before = await shop.read(theirs)
    for (const [method, rest] of CALLS) {
      const answers = await Promise.all(
        [theirs, ABSENT].map(async (id) => {
          const body = method === 'PUT' ? { body: Buffer.from(FILE) } : {}
          const answer = await ask(method, `/v1/imports/${id}${rest}`, body)
          return { status: answer.status, text: answer.text.replace(id, 'ID') }
        }),
      )
      expect(answers[0]).toEqual(answers[1])
      const error = { message: 'Could not find ID', type: 'NotFound', details: {} }
      expect(answers[0]).toMatchObject({ status: 404 })
      expect(JSON.parse(answers[0]!.text)).toEqual({ meta: { status: 'error' }, error })
    }
    expect(await shop.read(theirs)).toEqual(before)
    const listed = (await ask('GET', '/v1/imports?page_size=500')).text
    expect(listed).not.toContain(theirs)
  })

  test.each(['x', 'IMPORT-0123456789ABCDEF', 'import-0123456789abcde', '%00', 'a%2Fb', '..%2F..'])(
    'nothing is found at %s',
    async (id) => {
      for (const [method, rest] of CALLS) {
        const { status, body } = await ask(method, `/v1/imports/${id}${rest}`)
        expect({ status, type: body.error.type }).toEqual({ status: 404, type: 'NotFound' })
      }
    },
  )

  test('every answer says what is left of the allowance, until nothing is', async () => {
    const third = network.publishers[2]!
    const limited = createAsk(network.url, third)
    const path = `/operator/v1/organizations/${third.organization.id}`
    await must(network.operator.call('PATCH', path, { requests_per_minute: 1_000 }))
    const calls = createImportCalls(network.url, third)
    const { id } = await calls.run(FILE)
    const csv = { headers: { 'content-type': 'text/csv' }, body: Buffer.from(FILE) }
    const answers = [
      await limited('POST', '/v1/imports', csv),
      await limited('PUT', `/v1/imports/${id}/file`, csv),
      await limited('POST', '/v1/imports?mode=odd', csv),
      await limited('POST', '/v1/imports', { headers: { 'content-type': 'application/json' } }),
      await limited('DELETE', `/v1/imports/${id}`, csv),
      ...(await Promise.all(
        CALLS.map(([method, rest]) => limited(method, `/v1/imports/${id}${rest}`)),
      )),
    ]
    for (const { headers } of answers) {
      expect(Number(headers.get('x-button-limit-remaining'))).toBeGreaterThan(0)
      expect(headers.get('x-button-limit-reset-seconds')).toMatch(/^\d+$/)
      expect(headers.get('ratelimit')).toMatch(/^"minute";r=\d+;t=\d+$/)
      expect(headers.get('x-request-id')).toMatch(/^req-[0-9a-f]{16}$/)
    }
    await must(network.operator.call('PATCH', path, { requests_per_minute: 1 }))
    // Two of three at least are in the same minute.
    const sent = [1, 2, 3].map(() => limited('POST', '/v1/imports', csv))
    const refused = (await Promise.all(sent)).filter(({ status }) => status === 429)
    expect(refused[0]).toMatchObject({ body: { error: { type: 'TooManyRequests' } } })
    expect(refused[0]!.headers.get('retry-after')).toMatch(/^\d+$/)
  })
})
