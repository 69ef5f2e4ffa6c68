import { beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import { createImportCalls } from './import-calls.ts'
import type { ImportCalls } from './import-calls.ts'

describe.each(databases)('$name: an import that was to start at once', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 0 })
  let imports: ImportCalls

  beforeAll(() => {
    imports = createImportCalls(network.url, network.publishers[0]!)
  })

  const send = async (file: string) => {
    const { id } = await must(imports.send(file, { startsAtOnce: true }))
    return imports.rested(id)
  }

  test.each([
    ['hashes', [emailHash('1'), emailHash('2'), '']],
    ['addresses', ['one@example.org', 'two@example.org', '']],
  ])('waits where a column that nobody knows is full of %s', async (what, values) => {
    const rows = values.map((value, index) => `${what}-${index},${value}\n`)
    const held = await send(`user_id,Kontakt\n${rows.join('')}`)
    expect(held).toMatchObject({ state: 'ready', starts_at_once: false, total_rows: 3 })
    expect(held.preview).toMatchObject({ created: 3 })
    const told = held.report.findings.find(
      ({ code }: { code: string }) => code === `column-of-${what}`,
    )
    expect(told).toMatchObject({ severity: 'warning', count: 1 })
    expect(told.message).toContain('"Kontakt"')
    expect(await imports.finish(held.id)).toMatchObject({ state: 'finished', created: 3 })
  })

  test('starts where the column is known to be of something else', async () => {
    const rows = [1, 2].map((n) => `c-${n},${emailHash(`${n}`)},${emailHash(`phone ${n}`)}\n`)
    const file = `user_id,email_sha256,phone_sha256\n${rows.join('')}`
    expect(await send(file)).toMatchObject({ state: 'finished', created: 2 })
  })
})
