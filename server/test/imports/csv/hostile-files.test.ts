import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FileRefused } from '../../../../client/src/customer-file/file-refused.ts'
import { hostileFile } from './hostile-file.ts'
import type { Reject, Row } from '../../../src/imports/csv/row.ts'
import { readFile } from './read-file.ts'
import type { ReadFile } from './read-file.ts'

// A hundred thousand were read once; as many take minutes, and these find most of what those do.
const FILES = Number(process.env['HOSTILE_FILES'] ?? 500)
const options = { numRuns: FILES }

/** What holds of every file that was read. */
function checkLosesNothing({ rows, rejects, state, parts }: ReadFile): void {
  expect(state.rows).toBe(rows.length + rejects.length)
  expect(state.rejected).toBe(rejects.length)
  for (const part of parts) {
    const lines = [...part.rows, ...part.rejects].map(({ line }) => line)
    expect(new Set(lines).size).toBe(lines.length)
    for (const line of lines) expect(line).toBeLessThan(part.state.line)
  }
  const counts = state.report.findings.filter(({ severity }) => severity === 'rejected')
  expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(rejects.length)
}

function checkTellsNothing({ rejects, state }: ReadFile): void {
  const told = JSON.stringify([state.report, rejects.map(({ reason }) => reason)])
  expect(told).not.toMatch(/zq/i)
  const shown = JSON.stringify([state.header, rejects.map(({ cells }) => cells)])
  expect(shown).not.toMatch(/zqmail/i)
}

describe('a hostile file', () => {
  test('loses no row, and each becomes what it must', () => {
    fc.assert(
      fc.property(hostileFile, ({ bytes, expected }) => {
        const read = readFile(bytes)
        checkLosesNothing(read)
        checkTellsNothing(read)
        const records: (Row | Reject)[] = [...read.rows, ...read.rejects]
        const became = new Map(records.map((record) => [record.line, record]))
        expect([...became.keys()].toSorted((a, b) => a - b)).toEqual(
          expected.map(({ line }) => line),
        )
        for (const { line, becomes, id, emails } of expected) {
          const each = became.get(line)!
          const is = 'reason' in each ? 'reject' : 'row'
          if (becomes !== '?') expect([line, is, each]).toEqual([line, becomes, each])
          if (id !== undefined) expect(each).toMatchObject({ id, emails })
        }
      }),
      options,
    )
  })

  test('reads the same however it is cut, and from wherever reading goes on', () => {
    fc.assert(
      fc.property(
        hostileFile,
        fc.array(fc.nat(2_000), { maxLength: 8 }),
        fc.integer({ min: 1, max: 4 }),
        ({ bytes }, places, rowsPerPart) => {
          const whole = readFile(bytes, { rowsPerPart })
          const cuts = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b)
          expect(readFile(bytes, { rowsPerPart, cuts })).toEqual(whole)
          for (const [index, { state }] of whole.parts.entries()) {
            const plain = JSON.parse(JSON.stringify(state))
            const rest = readFile(bytes.subarray(state.offset), { rowsPerPart }, plain)
            // After the last part comes the end again, with nothing in it.
            const isLast = index === whole.parts.length - 1
            expect(rest.parts.slice(0, isLast ? 0 : undefined)).toEqual(
              whole.parts.slice(index + 1),
            )
            expect(rest.state).toEqual(whole.state)
          }
        },
      ),
      { numRuns: Math.ceil(FILES / 2) },
    )
  })

  test('with bytes changed anywhere still loses no row', () => {
    const change = fc.record({ place: fc.nat(), byte: fc.nat(255), cut: fc.nat(4) })
    fc.assert(
      fc.property(
        hostileFile,
        fc.array(change, { minLength: 1, maxLength: 6 }),
        (file, changes) => {
          let bytes = file.bytes
          for (const { place, byte, cut } of changes) {
            const at = place % (bytes.length + 1)
            bytes = Buffer.concat([
              bytes.subarray(0, at),
              Buffer.of(byte),
              bytes.subarray(at + cut),
            ])
          }
          let read: ReadFile
          try {
            read = readFile(bytes)
          } catch (error) {
            // Whatever else is thrown is a fault of ours.
            if (error instanceof FileRefused) return
            throw error
          }
          checkLosesNothing(read)
          for (const { reason } of read.rejects) expect(reason).not.toMatch(/zq/i)
          expect(
            readFile(bytes, {
              cuts: [1, 2, 3, 5, 8, 13].map((cut) => Math.min(cut, bytes.length)),
            }),
          ).toEqual(read)
          const lines = countLines(bytes, read)
          if (lines !== undefined) expect(read.state.rows).toBe(lines)
        },
      ),
      options,
    )
  })
})

/** By the simplest means, where no mark can join lines: lines that are not blank, below the header. */
function countLines(bytes: Buffer, { state }: ReadFile): number | undefined {
  const isPlain = state.report.encoding === 'utf-8' && isUtf8(bytes)
  if (!isPlain || bytes.includes('"')) return undefined
  const text = bytes.toString('utf8')
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.replaceAll(/\s/g, ''))
  const isHeader = (line: string): boolean => line !== '' && !/^sep=[,;|]?$/i.test(line)
  return lines.slice(lines.findIndex(isHeader) + 1).filter((line) => line !== '').length
}
