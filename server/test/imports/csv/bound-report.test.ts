import { expect, test } from 'vitest'
import { boundReport } from '../../../src/imports/csv/bound-report.ts'
import { catalog } from '../../../src/imports/csv/finding-catalog.ts'
import type { Finding, Report } from '../../../src/imports/csv/finding.ts'

const findings = Object.entries(catalog).map(([code, entry]): Finding => ({
  code,
  ...entry,
  count: 9e9,
  lines: [1e9, 2e9, 3e9, 4e9, 5e9],
}))
const reportOf = (columns: number, name: string): Report => ({
  encoding: 'windows-1252',
  delimiter: ',',
  line_ends: 'mixed',
  columns: Array.from({ length: columns }, () => ({ name, means: 'first_purchase_date' })),
  findings,
})

test.each([
  ['a', 512],
  ['é', 512],
  ['\u{1f600}', 512],
  ['\u0001', 512],
  ['"', 512],
  ['\u0001', 100],
])('a report with names of %j in %d columns has 64 KiB at the most', (character, columns) => {
  const bounded = boundReport(reportOf(columns, character.repeat(64)))
  expect(Buffer.byteLength(JSON.stringify(bounded))).toBeLessThanOrEqual(64 * 1024)
  expect(bounded.columns).toHaveLength(columns)
  // The worst are told.
  const rejected = findings.filter(({ severity }) => severity === 'rejected').slice(0, 10)
  expect(bounded.findings).toEqual(expect.arrayContaining(rejected))
})

test('an ordinary report stays as it is', () => {
  const report = { ...reportOf(12, 'x'.repeat(64)), findings: findings.slice(0, 10) }
  expect(boundReport(report)).toEqual(report)
})
