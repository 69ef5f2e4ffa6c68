import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FileRefused, hashEmailColumn } from '../../../../client/src/customer-file/hash-emails.ts'
import { customerList } from './customer-list.ts'
import { hostileFile } from './hostile-file.ts'
import { readFile, sha256 } from './read-file.ts'

// A hundred thousand are read by `HASHED_FILES=100000 npx vitest run server/test/imports/csv/sender`.
const FILES = Number(process.env['HASHED_FILES'] ?? 1_000)

/** As the sender makes it, in pieces of some length. */
async function hashFile(file: Uint8Array, length = file.length + 1): Promise<Buffer> {
  async function* inPieces() {
    for (let at = 0; at < file.length; at += length) yield file.subarray(at, at + length)
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of hashEmailColumn(inPieces(), { hash: sha256 })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** What stands where a torn row's id belongs may be a hash in the one file, and nothing in the other. */
function withoutTorn(id: string | null): string | null {
  return id !== null && /[0-9a-f]{64}|@/.test(id) ? null : id
}

/** What becomes of each line, as the server reads the file. */
function readLines(file: Uint8Array) {
  const { rows, rejects, state } = readFile(file)
  const became = [
    ...rows.map(({ line, ...row }) => ({ line, ...row })),
    ...rejects.map(({ line, id }) => ({ line, id: withoutTorn(id), isRejected: true })),
  ]
  const { delimiter, columns } = state.report
  return {
    became: became.toSorted((a, b) => a.line - b.line),
    delimiter,
    // Of two columns of e-mails the second may be called by our name for lists.
    means: columns.map(({ means }) => means?.replace('emails_', 'email_')),
  }
}

/** Undefined where there is nothing to compare: both refuse it. */
async function readBoth(file: Uint8Array, length: number) {
  try {
    return { sent: readLines(await hashFile(file, length)) }
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error
    expect(() => readFile(file)).toThrow(FileRefused)
    return undefined
  }
}

describe('a file that its sender hashed', () => {
  test('is read as the same file with hashes for addresses', async () => {
    await fc.assert(
      fc.asyncProperty(customerList, fc.integer({ min: 1, max: 400 }), async (list, length) => {
        const sent = await hashFile(list.plain, length)
        expect(readLines(sent)).toEqual(readLines(list.hashed))
        expect(sent.toString()).not.toMatch(/(?<!me)@example/i)
      }),
      { numRuns: FILES },
    )
  }, 3_600_000)

  test('keeps its lines, columns, ids and hashes whatever else it holds', async () => {
    await fc.assert(
      fc.asyncProperty(hostileFile, fc.integer({ min: 1, max: 400 }), async ({ bytes }, length) => {
        const both = await readBoth(bytes, length)
        if (!both) return
        const { became, ...rest } = readLines(bytes)
        const { became: sent, ...sentRest } = both.sent
        expect(sentRest).toEqual(rest)
        expect(sent.map(({ line }) => line)).toEqual(became.map(({ line }) => line))
        for (const [index, each] of became.entries()) {
          // What the server refuses for a plain address is what its sender has hashed.
          if (!('isRejected' in each)) expect(sent[index]).toEqual(each)
          else if ('isRejected' in sent[index]!) expect(sent[index]).toEqual(each)
        }
      }),
      // Their lines are long: a few take as long as all of the others.
      { numRuns: Math.ceil(FILES / 5) },
    )
  }, 3_600_000)
})
