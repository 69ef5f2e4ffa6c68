import { beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import { createAsk } from './ask.ts'
import { createImportCalls } from './import-calls.ts'
import type { ImportBody, ImportCalls } from './import-calls.ts'

const row = (index: number) =>
  index % 10 === 7 ? `c-${index},not-a-hash` : `c-${index},${hashOf(index)}`
const hashOf = (index: number) => emailHash(`${index}`)
const FILE = ['user_id,email_sha256', ...Array.from({ length: 3_500 }, (_, i) => row(i)), ''].join(
  '\n',
)

interface Told {
  event: string
  its: ImportBody
}

interface Listening {
  /** Resolves once so many were told. */
  told(count: number): Promise<Told[]>
  /** Resolves when the stream has ended, with all that was told. */
  ended(): Promise<Told[]>
}

describe.each(databases)('an import is followed, on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 0 })
  let imports: ImportCalls

  beforeAll(() => {
    imports = createImportCalls(network.url, network.publishers[0]!)
  })

  async function listen(id: string, key = network.publishers[0]!.key): Promise<Listening> {
    const response = await fetch(`${network.url}/v1/imports/${id}/events`, {
      headers: { authorization: `Basic ${btoa(`${key}:`)}` },
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const all = (): Told[] =>
      text
        .split('\n\n')
        .slice(0, -1)
        .filter((block) => !block.startsWith(':'))
        .map((block) => {
          const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? []
          return { event, its: JSON.parse(data) }
        })
    async function readUntil(isEnough: () => boolean): Promise<Told[]> {
      while (!isEnough()) {
        const { done, value } = await reader.read()
        if (done) break
        text += value
      }
      return all()
    }
    return {
      told: (count) => readUntil(() => all().length >= count),
      ended: () => readUntil(() => false),
    }
  }

  test('from its first byte to its end, and no more often than is good', async () => {
    const { id } = await must(imports.send(undefined, { startsAtOnce: true }))
    const began = performance.now()
    const listening = await listen(id)
    expect(await listening.told(1)).toMatchObject([{ event: 'progress', its: { total_rows: 0 } }])
    await must(imports.sendRest(id, 0, FILE))
    const told = await listening.ended()
    expect(told.length).toBeLessThanOrEqual((performance.now() - began) / 500 + 2)
    expect(told.map(({ event }) => event)).toEqual([...told.slice(1).map(() => 'progress'), 'end'])
    const order = ['receiving', 'checking', 'waiting', 'running', 'finished']
    const states = told.map(({ its }) => order.indexOf(its.state))
    expect(states).toEqual(states.toSorted((a, b) => a - b))
    for (const { its } of told) {
      expect(its.id).toBe(id)
      expect(its.created + its.updated + its.unchanged + its.rejected).toBe(its.rows)
    }
    const last = told.at(-1)!.its
    expect(last).toMatchObject({ state: 'finished', rows: 3_500, created: 3_150, rejected: 350 })
    expect(last).toEqual(await imports.read(id))
    expect(new Set(told.map(({ its }) => JSON.stringify(its))).size).toBe(told.length)
  })

  test('its report is told once, and again where it has changed', async () => {
    const lines = FILE.split('\n')
    const [first, second] = [lines.slice(0, 1_001), lines.slice(1_001, 2_001)]
    const { id } = await must(imports.send(undefined))
    const listening = await listen(id)
    expect((await listening.told(1))[0]!.its).toMatchObject({ total_rows: 0, report: null })
    await must(imports.sendRest(id, 0, `${first.join('\n')}\n`, 'last=false'))
    const [, begun] = await listening.told(2)
    expect(begun!.its).toMatchObject({ total_rows: 1_000, report: { findings: [{ count: 100 }] } })
    const { received_bytes: offset } = begun!.its
    const valid = second.filter((line) => !line.endsWith('not-a-hash'))
    const more = [...valid, ...valid.slice(0, 100).map((line) => `b${line}`), '']
    await must(imports.sendRest(id, offset, more.join('\n'), 'last=false'))
    const [, , further] = await listening.told(3)
    expect(further!.its).toMatchObject({ total_rows: 2_000 })
    expect(further!.its).not.toHaveProperty('report')
    await must(imports.cancel(id))
    const last = (await listening.ended()).at(-1)!
    expect(last).toEqual({ event: 'end', its: await imports.read(id) })
    expect(last.its.report).toEqual(begun!.its.report)
  })

  test('one that rests has ended already; once it goes on it can be followed again', async () => {
    const ready = await imports.check(`user_id\nc-1\n`)
    expect(await (await listen(ready.id)).ended()).toEqual([{ event: 'end', its: ready }])
    await must(imports.start(ready.id))
    const ended = await (await listen(ready.id)).ended()
    expect(ended.at(-1)).toMatchObject({ event: 'end', its: { state: 'finished', created: 0 } })
    await must(imports.undo(ready.id))
    const undone = await (await listen(ready.id)).ended()
    expect(undone.at(-1)).toMatchObject({ event: 'end', its: { state: 'undone' } })
    const refused = await must(imports.send('name\n'))
    expect(await (await listen(refused.id)).ended()).toEqual([{ event: 'end', its: refused }])
  })

  test('to ask for its head alone is not to follow it', async () => {
    const { id } = await must(imports.send(undefined))
    const ask = createAsk(network.url, network.publishers[0]!)
    expect(await ask('HEAD', `/v1/imports/${id}/events`)).toMatchObject({ status: 404 })
    expect(await ask('HEAD', `/v1/imports/${id}/rejects.csv`)).toMatchObject({ status: 200 })
  })

  test('many may follow it; a cancelled one ends for all', async () => {
    const { id } = await must(imports.send(undefined))
    const all = await Promise.all(Array.from({ length: 5 }, () => listen(id)))
    await Promise.all(all.map((each) => each.told(1)))
    await must(imports.cancel(id))
    for (const each of all) {
      const told = await each.ended()
      expect(told.at(-1)).toMatchObject({ event: 'end', its: { state: 'cancelled' } })
    }
  })

  test('no longer than its key is one', async () => {
    const { call } = network.publishers[0]!
    const { id: key, key: secret } = await must(call('POST', '/v1/keys', { name: 'brief' }))
    const { id } = await must(imports.send(undefined))
    const listening = await listen(id, secret)
    expect(await listening.told(1)).toMatchObject([{ its: { state: 'receiving' } }])
    await must(call('DELETE', `/v1/keys/${key}`))
    const told = await listening.ended()
    expect(told.map(({ event }) => event)).toEqual(['progress'])
    expect(await must(imports.cancel(id))).toMatchObject({ state: 'cancelled' })
  })

  test('until the server stops, which is not the end of the import', async () => {
    const { id } = await must(imports.send(undefined))
    const listening = await listen(id)
    await listening.told(1)
    const stopped = network.server.stop()
    expect(await listening.ended()).toMatchObject([{ event: 'progress', its: { id } }])
    await stopped
  })
})
