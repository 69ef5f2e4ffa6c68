import { beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { createAsk } from './ask.ts'
import { createImportCalls } from './import-calls.ts'
import type { ImportCalls } from './import-calls.ts'

const PLAIN = 'somebody@mail.example'

describe.each(databases)('the rows that were rejected, on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 1 })
  let merchant: Member
  let imports: ImportCalls

  beforeAll(() => {
    merchant = network.merchants[0]!
    imports = createImportCalls(network.url, merchant)
  })

  test('can be had, mended and sent again; nothing of them is dangerous or private', async () => {
    const rows = [
      `=1+1,bad,=HYPERLINK("x"),`,
      `"+2","bad","@sum",`,
      `-3,bad,"-a, ""b""\nc",`,
      `@four,bad,\tx,`,
      `five,${PLAIN},${PLAIN},`,
      `six,${emailHash('6')},fine,`,
      `seven,bad,Zoë,2026-13-01`,
    ]
    const file = ['user_id,email_sha256,note,last_purchase_date', ...rows, ''].join('\n')
    const { id } = await imports.check(file)
    const path = `/v1/imports/${id}/rejects.csv`
    const ask = createAsk(network.url, merchant)
    const { text, headers } = await ask('GET', path)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toBe('attachment; filename="rejects.csv"')
    const lines = text.split('\r\n')
    expect(lines[0]).toBe('line,reason,user_id,email_sha256,note,last_purchase_date')
    expect(lines.slice(1).map((line) => line.slice(0, line.indexOf(',')))).toEqual([
      '2',
      '3',
      '4',
      '6',
      '7',
      '9',
      '',
    ])
    expect(lines[1]).toMatch(/^2,.*,'=1\+1,bad,"'=HYPERLINK\(""x""\)",$/)
    expect(lines[2]).toMatch(/,'\+2,bad,'@sum,$/)
    expect(lines[3]).toMatch(/,'-3,bad,"'-a, ""b""\nc",$/)
    expect(lines[4]).toMatch(/,'@four,bad,"?'\tx"?,$/)
    expect(lines[5]).toMatch(/,five,\[redacted e-mail address\],\[redacted e-mail address\],$/)
    expect(lines[6]).toMatch(/,seven,bad,Zoë,2026-13-01$/)
    expect(text).not.toContain(PLAIN)

    await imports.finish(id)
    expect((await ask('GET', path)).text).toBe(text)
    const mended = text
      .replaceAll(',bad,', `,${emailHash('m')},`)
      .replace('2026-13-01', '2026-01-13')
      .replace('[redacted e-mail address]', emailHash('5'))
    const again = await imports.run(mended)
    expect(again).toMatchObject({ rows: 6, created: 6, rejected: 0 })
    for (const name of ['=1+1', '+2', '-3', '@four', 'five', 'seven']) {
      const customer = await must(merchant.call('GET', `/v1/customers/${encodeURIComponent(name)}`))
      expect(customer.emails_sha256).toEqual([emailHash(name === 'five' ? '5' : 'm')])
    }
    expect(await imports.rejects(again.id)).toBe(
      'line,reason,user_id,email_sha256,note,last_purchase_date\r\n',
    )
    await imports.takeBack(id)
    expect((await ask('GET', path)).text).toBe(text)
  })

  test('also those that only writing found, each at its place', async () => {
    const crowd = Array.from({ length: 1_002 }, (_, index) =>
      index === 500 ? `crowd-500,bad` : `crowd-${index},${emailHash('crowd')}`,
    )
    const { id } = await imports.check(`user_id,email_sha256\n${crowd.join('\n')}\n`)
    const before = await imports.rejects(id)
    expect(before.split('\r\n').slice(1, -1)).toMatchObject([expect.stringMatching(/^502,/)])
    const done = await imports.finish(id)
    expect(done).toMatchObject({ rows: 1_002, created: 1_000, rejected: 2 })
    const text = await imports.rejects(id)
    const lines = text.split('\r\n').slice(1, -1)
    expect(lines[0]).toBe(before.split('\r\n')[1])
    expect(lines[1]).toMatch(/^1003,.*stands for no person.*,crowd-1001,[0-9a-f]{64}$/)
    const mended = text.replace(emailHash('crowd'), '').replace(',bad', ',')
    expect(await imports.run(mended)).toMatchObject({ rows: 2, created: 2, rejected: 0 })
  })

  test('there are none where nothing was read', async () => {
    const { id } = await must(imports.send(undefined))
    expect(await imports.rejects(id)).toBe('line,reason\r\n')
    await must(imports.cancel(id))
    expect(await imports.rejects(id)).toBe('line,reason\r\n')
    const refused = await must(imports.send('name,mail\n'))
    expect(await imports.rejects(refused.id)).toBe('line,reason\r\n')
  })
})
