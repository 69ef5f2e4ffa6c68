import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import config from '../../vitest.config.ts'
import { projectOf } from './projects.ts'
import {
  checkConsole,
  checkDates,
  checkEnvironment,
  checkLeftOvers,
  checkSkippedTests,
} from './tidy/habits.ts'
import { checkImports, listCircles, listFullRooms } from './tidy/imports.ts'
import { checkExportedNames, checkFileName, listRepeatedNames } from './tidy/names.ts'
import { packages, rooms, tableOwners } from './tidy/rules.ts'
import { checkSizes } from './tidy/sizes.ts'
import { listFiles, readSource, roomOf, root } from './tidy/source.ts'
import type { Check } from './tidy/source.ts'
import { checkTables, listCreatedTables, listFormerTables } from './tidy/tables.ts'

const checks: [string, Check][] = [
  ['imports only from the rooms below its own', checkImports],
  ['writes only tables of its own folder', checkTables],
  ['stays within the limits of size', checkSizes],
  ['has a name that is kebab-case and says something', checkFileName],
  ['exports only names that say something', checkExportedNames],
  ['leaves the environment to config.ts', checkEnvironment],
  ['leaves the console alone', checkConsole],
  ['leaves no date to the engine', checkDates],
  ['skips no test', checkSkippedTests],
  ['leaves nothing for later', checkLeftOvers],
]

const sources = listFiles(['.ts', '.js']).map(readSource)
const scripts = listFiles(['.sql'])

describe('every source', () => {
  test.each(checks)('%s', (_, check) => {
    const complaints = sources.flatMap((source) =>
      check(source).map((complaint) => `${source.path}: ${complaint}`),
    )
    expect(complaints).toEqual([])
  })

  test('is seen: neither of the trees is empty', () => {
    const paths = sources.map((source) => source.path)
    for (const tree of ['server/src/', 'server/test/', 'client/src/']) {
      expect(paths.filter((path) => path.startsWith(tree)).length, tree).toBeGreaterThan(5)
    }
  })
})

describe('the rooms', () => {
  const paths = sources.map(({ path }) => path)

  test('of the list are all there are', () => {
    const found = new Set(paths.map(roomOf).filter((room) => room !== undefined))
    expect([...found].sort()).toEqual([...rooms].sort())
  })

  test('hold no more files than one can keep apart', () => {
    expect(listFullRooms(paths)).toEqual([])
  })

  test('have no circles in them', () => {
    expect(listCircles(sources)).toEqual([])
  })
})

test.each(packages)('an exported name is declared once in %s', (folder) => {
  expect(listRepeatedNames(sources, folder)).toEqual([])
})

describe('every table', () => {
  const texts = scripts.map((path) => readFileSync(join(root, path), 'utf8'))
  const former = texts.flatMap(listFormerTables)
  // The tables with their last names: schema.sql creates them with these.
  const created = texts
    .flatMap(listCreatedTables)
    .filter((table) => !former.includes(table))
    // Kysely's own record of which migrations have been applied.
    .filter((table) => !table.startsWith('kysely_'))

  test('has a folder that owns it', () => {
    expect(created.length).toBeGreaterThan(5)
    expect(created.filter((table) => !Object.hasOwn(tableOwners, table))).toEqual([])
  })

  test('that is owned exists', () => {
    expect(Object.keys(tableOwners).filter((table) => !created.includes(table))).toEqual([])
  })
})

describe('the projects of tests', () => {
  const projects = (config.test?.projects ?? []) as {
    test: { name: string; include: string[]; globalSetup?: string[] }
  }[]

  test('have every test file, each in one of them', () => {
    const testFiles = sources.map(({ path }) => path).filter((path) => path.endsWith('.test.ts'))
    expect(projects.flatMap(({ test }) => test.include).sort()).toEqual(testFiles.sort())
    // A test in the browser is a walk through many pages: of those there are few.
    for (const { test } of projects) {
      expect(test.include.length, test.name).toBeGreaterThan(test.name === 'browser' ? 4 : 10)
    }
  })

  test('start PostgreSQL where databases are opened, and not for the fast ones', () => {
    const starting = projects.filter(({ test }) => test.globalSetup !== undefined)
    expect(starting.map(({ test }) => test.name)).toEqual(['database', 'browser', 'crash'])
  })

  test.each([
    ['client/test/hash-email.test.ts', 'fast'],
    ['server/test/tidy/checks.test.ts', 'fast'],
    // By databases.ts, by a helper that imports it, by a server of its own, by the program that it starts.
    ['server/test/reports/order.test.ts', 'database'],
    ['server/test/webhooks/dispatch/schedule.test.ts', 'database'],
    ['server/test/support/postgres.test.ts', 'database'],
    ['server/test/start/main.test.ts', 'database'],
    ['server/test/demo/demo.test.ts', 'database'],
    ['server/test/browser/sign-in-page.test.ts', 'browser'],
    ['server/test/crash/chaos.test.ts', 'crash'],
    ['server/test/segments/hammer.test.ts', 'crash'],
    ['server/test/imports/run/history.test.ts', 'crash'],
  ])('%s is in %s', (path, project) => {
    expect(projectOf(path)).toBe(project)
  })
})
