import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasAtSign } from '../../client/src/customer-file/address-text.ts'
import { createAnswerer } from '../src/imports/answer-page.ts'
import { checkFile, checkHead } from '../src/imports/check-file.ts'
import type { CheckedFile } from '../src/imports/check-file.ts'
import { findMistake } from '../src/parts/find-mistake.ts'
import { hashText } from '../src/parts/hash-text.ts'
import { maskCell, maskName } from '../src/imports/mask.ts'
import type { PackedPiece } from '../src/imports/worker-protocol.ts'

const tell = (): void => undefined

/** All that leaves the Worker on its way to the server, as the page gets it. */
async function listPieces(
  file: File,
  size: number,
): Promise<{ checked: CheckedFile; text: string }> {
  const checked = await checkFile(file, {}, tell)
  const answer = createAnswerer()
  await answer({ ask: 'open', file, columns: {}, sha256: checked.sha256 }, tell)
  const bytes: Buffer[] = []
  for (let from = 0, isLast = false; !isLast;) {
    const piece = (await answer({ ask: 'piece', from, size, isPacked: true }, tell)) as PackedPiece
    bytes.push(gunzipSync(Buffer.from(await piece.content.arrayBuffer())))
    from += piece.size
    ;({ isLast } = piece)
  }
  const all = Buffer.concat(bytes)
  expect(all.length).toBe(checked.bytes)
  expect(createHash('sha256').update(all).digest('hex')).toBe(checked.sha256)
  return { checked, text: all.toString() }
}

/** As people and their tools write an address. */
const spellings: ((address: string) => string)[] = [
  (its) => its,
  (its) => its.toUpperCase(),
  (its) => ` ${its} `,
  (its) => `\u200b${its}\u00ad`,
  (its) => `"${its}"`,
  (its) => `'${its}'`,
  (its) => `“${its}”`,
  (its) => `<${its}>`,
  (its) => `mailto:${its}`,
  (its) => `Jane Doe <${its}>`,
  (its) => `${its}.`,
  (its) => its.replace('@', '\uff20'),
  (its) => its.replace('@', '%40'),
  (its) => its.replace('@', '&#64;'),
  (its) => its.replace('@', '=40'),
  (its) => its.replace('@', '\\u0040'),
]
const encodings: ((csv: string) => Uint8Array<ArrayBuffer>)[] = [
  (csv) => Uint8Array.from(Buffer.from(csv)),
  (csv) => Uint8Array.from(Buffer.from(`\ufeff${csv}`)),
  (csv) => Uint8Array.from(Buffer.from(`\ufeff${csv}`, 'utf16le')),
  (csv) => Uint8Array.from(Buffer.from(`\ufeff${csv}`, 'utf16le').swap16()),
]

const name = fc.string({ unit: fc.constantFrom(...'abcxyz0189'), minLength: 6, maxLength: 12 })
const cell = fc.tuple(name, fc.constantFrom(...spellings), fc.constantFrom('email', 'note'))

test('no plain address is in any piece, however it is written and wherever it stands', async () => {
  const file = fc.record({
    cells: fc.array(cell, { minLength: 1, maxLength: 30 }),
    encode: fc.constantFrom(...encodings),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    size: fc.integer({ min: 1, max: 2_000 }),
  })
  await fc.assert(
    fc.asyncProperty(file, async ({ cells, encode, delimiter, lineEnd, size }) => {
      const rows = cells.map(([local, spell, column], row) => {
        const text = spell(`${local}@shop.example`)
        const quoted =
          text.includes('"') || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text
        const others = column === 'email' ? [quoted, ''] : ['', quoted]
        return [`c${row}`, ...others].join(delimiter)
      })
      const csv = [['id', 'email', 'note'].join(delimiter), ...rows].join(lineEnd)
      const { text, checked } = await listPieces(new File([encode(csv)], 'x.csv'), size)
      expect(hasAtSign(text)).toBe(false)
      for (const [local] of cells) expect(text.toLowerCase()).not.toContain(`${local}@`)
      expect(text).not.toContain('shop.example')
      expect(checked).toMatchObject({ atSigns: 0, counts: { rows: cells.length } })
    }),
    { numRuns: 60 },
  )
})

test('of addresses that are somebody’s ids one is told', async () => {
  const file = new File(['id,email\na@b.example,a@b.example\n'], 'x.csv')
  const { text, checked } = await listPieces(file, 10)
  expect(text).toBe(`id,email_sha256\na@b.example,${hashText('a@b.example')}\n`)
  expect(checked).toMatchObject({ atSigns: 1, counts: { ids: 1, hashed: 1 } })
})

test('rows are shown as shapes, and no letter or digit of them', async () => {
  expect(maskCell('Jane.Doe+1@shop-24.example')).toBe('xxxx.xxx+9@xxxx-99.xxxxxxx')
  expect(maskCell('Müller 2026-03-01')).toBe('xxxxxx 9999-99-99')
  expect(maskCell(hashText('a@b.example'))).toMatch(/^[0-9a-f]{4}…[0-9a-f]{4}$/)
  expect(maskName('email')).toBe('email')
  expect(maskName('jane@shop.example')).toBe('xxxx@xxxx.xxxxxxx')
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      expect(maskCell(` ${address}`).replaceAll(/[x9•…@.+_/|,:; -]/g, '')).toBe('')
    }),
  )
  const file = new File(['id,email\nc1,jane@shop.example\n'], 'x.csv')
  expect(await checkHead(file, {})).toMatchObject({
    rows: [['x9', 'xxxx@xxxx.xxxxxxx']],
    columns: [
      { name: 'id', shown: 'id', means: 'user_id' },
      { name: 'email', shown: 'email', means: 'email_sha256' },
    ],
    counts: { hashed: 1, rows: 1 },
  })
})

test('a column that is full of addresses is asked for, and is what one says it is', async () => {
  const file = new File(['id,who\n1,a@b.example\n2,c@d.example\n'], 'x.csv')
  const head = await checkHead(file, {})
  expect(head.counts.unknown).toEqual([{ name: 'who', holds: 'addresses' }])
  const { counts } = await checkFile(file, { who: 'email' }, tell)
  expect(counts).toMatchObject({ hashed: 2, columns: ['who'] })
  expect(counts.unknown).toBeUndefined()
})

test('what is no CSV is refused with what to do', async () => {
  const check = (bytes: number[]) => checkHead(new File([Uint8Array.from(bytes)], 'x'), {})
  await expect(check([0x1f, 0x8b, 8, 0])).rejects.toThrow('Uncompress it first')
  await expect(check([0x28, 0xb5, 0x2f, 0xfd])).rejects.toThrow('compressed with zstd')
  await expect(check([0x50, 0x4b, 3, 4])).rejects.toThrow('Save it as CSV')
  await expect(check([])).rejects.toThrow('The file is empty')
})

test('the self-test names the mistake', () => {
  const typed = 'Jane.Doe@Shop.example'
  const right = 'jane.doe@shop.example'
  const hex = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex')
  const say = (hash: string) => {
    const { isRight, title, advice } = findMistake(typed, hash) ?? {}
    return [isRight, `${title}: ${advice}`]
  }
  expect(say(hex('sha256', right))).toEqual([true, expect.stringMatching(/^It is right: /)])
  const upper = say(hex('sha256', right).toUpperCase())
  expect(upper).toEqual([
    true,
    expect.stringMatching(/^It is right, in another form: .*upper case/),
  ])
  const expectMistake = (hash: string, mistake: string) =>
    expect(say(hash)).toEqual([false, expect.stringContaining(`It is another hash: ${mistake}`)])
  expectMistake(hex('sha256', `${right}\n`), 'A line break was hashed')
  expectMistake(hex('sha256', typed), 'The address was hashed with upper-case letters')
  expectMistake(hex('sha256', right.toUpperCase()), 'The address was hashed with upper-case')
  expectMistake(hex('sha256', hex('sha256', right)), 'The hash was hashed again')
  expectMistake(
    hex('sha256', 'janedoe@shop.example'),
    'It is the hash of the address without the dots',
  )
  expectMistake(hex('md5', right), 'It is an MD5')
  expectMistake(hex('sha1', right), 'It is a SHA-1')
  expectMistake('x', 'It has')
  expect(findMistake(typed, ' ')).toBeUndefined()
  expect(findMistake('no address', 'x')).toBeUndefined()
})

test('hashes are those of Node', () => {
  const all = readFileSync(new URL(import.meta.url), 'utf8')
  expect(hashText(all)).toBe(createHash('sha256').update(all).digest('hex'))
})
