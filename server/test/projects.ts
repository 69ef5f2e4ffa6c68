import { globSync, readFileSync } from 'node:fs'
import { dirname, join, matchesGlob, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Which tests run together. A file is in `crash` if it lies there or its name says that it takes minutes; in
 * `browser` if it, or a file of the tests that it imports, drives one; in `database` if such a file opens a database
 * or starts the program, which opens one; and else in `fast`. Nobody keeps a list: a test that begins to use a
 * database moves by itself.
 */

export type ProjectName = 'fast' | 'database' | 'browser' | 'crash'

const root = fileURLToPath(new URL('../../', import.meta.url))

export const testFiles = [
  'server/test/**/*.test.ts',
  'client/test/**/*.test.ts',
  'dashboard/test/**/*.test.ts',
]

/** They kill servers, or play long histories against a model: minutes each. */
const takesMinutes = [
  'server/test/crash/**',
  'server/test/**/*hammer.test.ts',
  'server/test/**/brute-force.test.ts',
  'server/test/**/history*.test.ts',
]

/** What opens a database in the process of the test, or in another that it starts. */
const opensDatabase =
  /\b(?:openPGlite|openPostgres|startPostgres)\(|\brun\('main\.ts'|\.\.\/(?:src|demo)\/main\.ts'/

const drivesBrowser = /^import \{[^}]*\} from 'playwright-core'/m

// What the import is of does not matter here; that only types come from there does.
const importOfCode = /^(?:import|export) (?!type\b)[^'"]*?from '(\.[^']+)'/gms

/** Paths from the root of the repository, with forward slashes, in order. */
export function listTestFiles(): string[] {
  const paths = globSync(testFiles, { cwd: root })
  return paths.map((path) => path.split(sep).join('/')).sort()
}

export function projectOf(path: string): ProjectName {
  if (takesMinutes.some((glob) => matchesGlob(path, glob))) return 'crash'
  if (reaches(drivesBrowser, path, new Set())) return 'browser'
  return reaches(opensDatabase, path, new Set()) ? 'database' : 'fast'
}

/** The same for all, as vitest wants them. */
export function listTestsOf(project: ProjectName): string[] {
  return listTestFiles().filter((path) => projectOf(path) === project)
}

function reaches(pattern: RegExp, path: string, seen: Set<string>): boolean {
  if (seen.has(path)) return false
  seen.add(path)
  const text = readFileSync(join(root, path), 'utf8')
  if (pattern.test(text)) return true
  const imported = [...text.matchAll(importOfCode)].map(([, specifier = '']) =>
    join(dirname(path), specifier).split(sep).join('/'),
  )
  const ofTests = imported.filter((each) => /^(?:server|client|dashboard)\/test\//.test(each))
  return ofTests.some((each) => reaches(pattern, each, seen))
}
