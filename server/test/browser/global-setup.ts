import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import setUpDatabases from '../support/global-setup.ts'
import { unpackChromium } from './chromium.ts'
import type { Chromium } from './chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    chromium: Chromium
  }
}

const build = fileURLToPath(new URL('../../../dashboard/build.ts', import.meta.url))

/** The dashboard, built from what is there now; a browser; and databases. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const flags = ['--disable-warning=ExperimentalWarning', build, '--if-stale']
  execFileSync(process.execPath, flags, { stdio: 'inherit' })
  project.provide('chromium', await unpackChromium())
  return setUpDatabases(project)
}
