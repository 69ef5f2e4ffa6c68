import { expect, test } from 'vitest'
import { writeRejects, writeRejectsHeader } from '../../../src/imports/csv/rejects-csv.ts'
import { hashOf, readFile } from './read-file.ts'

const H = hashOf('one')

function writeFile(file: string): string {
  const { state, rejects } = readFile(file)
  return writeRejectsHeader(state.header) + writeRejects(state.header, rejects)
}

test('rejected rows come with their line, the reason and their cells', () => {
  const reject = { line: 7, reason: 'It is "bad", truly.', id: null, cells: ['u1', 'a\nb', ' c'] }
  expect(writeRejectsHeader(['user_id', 'full, name', 'x'])).toBe(
    'line,reason,user_id,"full, name",x\r\n',
  )
  expect(writeRejects(['user_id', 'full, name', 'x'], [reject, { ...reject, cells: [] }])).toBe(
    '7,"It is ""bad"", truly.",u1,"a\nb"," c"\r\n7,"It is ""bad"", truly.",,,\r\n',
  )
})

test.each([
  ['=1+1', `'=1+1`],
  ['+49', `'+49`],
  ['-5', `'-5`],
  ['@x', `'@x`],
  ['\tx', `'\tx`],
  ['\rx', `"'\rx"`],
  ['=a,"b"', `"'=a,""b"""`],
  ['a=1', 'a=1'],
])('a cell %j is made harmless', (cell, written) => {
  expect(writeRejects([], [{ line: 2, reason: 'r', id: null, cells: [cell] }])).toBe(
    `2,r,${written}\r\n`,
  )
})

test('the file can be mended and sent again, ids that look like formulas and all', () => {
  const ids = ['=1', '+2', '-3', '@4', "it's", '"q"x', 'a,b']
  const lines = ids.map((id) => `"${id.replaceAll('"', '""')}",bad,"Köln\n2"`)
  const rejectsCsv = writeFile(['user_id,email_sha256,city', ...lines].join('\n'))
  const { rows, rejects, found } = readFile(rejectsCsv.replaceAll(',bad,', `,${H},`))
  expect(rejects).toEqual([])
  expect(rows.map((row) => row.id)).toEqual(ids)
  expect(found).toMatchObject({ 'leading-apostrophe': 4, 'column-ignored': 1 })
})

test('a file that was rejected twice has one line number and one reason', () => {
  const once = writeFile('user_id,email_sha256\nu1,bad\n')
  const twice = writeFile(once)
  expect(twice).toBe(once)
})
