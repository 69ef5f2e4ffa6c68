import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { listTestsOf } from './server/test/projects.ts'

const globalSetup = ['server/test/support/global-setup.ts']

export default defineConfig({
  // The client's sources, so that nothing has to be built before.
  resolve: {
    alias: {
      '@newcomer/client/browser': fileURLToPath(
        new URL('./client/src/browser.ts', import.meta.url),
      ),
    },
  },
  test: {
    // By speed, each with a script of its own in package.json; server/test/projects.ts says what is in which.
    projects: [
      { extends: true, test: { name: 'fast', include: listTestsOf('fast'), isolate: false } },
      {
        extends: true,
        test: { name: 'database', include: listTestsOf('database'), globalSetup, isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: listTestsOf('browser'),
          globalSetup: ['server/test/browser/global-setup.ts'],
          isolate: false,
          // Each look at a page is four runs of axe; on a busy machine that is half a minute.
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      { extends: true, test: { name: 'crash', include: listTestsOf('crash'), globalSetup } },
    ],
    setupFiles: ['server/test/support/check-answers.ts'],
    // Processes, not threads: some tests kill or signal their own process' children. Those of all but `crash`
    // take many files each, which saves a third of the time: to load the server, and to make embedded databases.
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Only to end what hangs: how long a test takes says how busy the machine is.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A machine that stands still for seconds fails a test now and then that is right. CI tries it once more, and its
    // output says which; at a desk it is to be looked into at once.
    retry: process.env['CI'] === undefined ? 0 : 1,
    // A test that needs a second is no news here; the hammers take minutes.
    slowTestThreshold: 5_000,
    // `only` forgotten in a file would make the whole run green without the rest.
    allowOnly: false,
    passWithNoTests: false,
  },
})
