import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['server/test/**/*.test.ts', 'client/test/**/*.test.ts'],
    globalSetup: ['server/test/support/global-setup.ts'],
    setupFiles: ['server/test/support/described-answers.ts'],
    // Processes, not threads: a PGlite takes a few hundred megabytes, which only the end of a
    // process surely gives back, and some tests kill or signal their own process' children.
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A test that needs a second is no news here; the hammers take minutes.
    slowTestThreshold: 5_000,
    // `only` forgotten in a file would make the whole run green without the rest.
    allowOnly: false,
    passWithNoTests: false,
  },
})
