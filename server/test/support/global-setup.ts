import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres.ts'
import { unpackPGliteTemplate, writePGliteTemplate, writePostgresTemplate } from './templates.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
    pgliteTemplate: string
    pgliteFolder: string
  }
}

/**
 * One PostgreSQL for a project of tests, with a migrated template in it, and one migrated PGlite as a
 * file: a fresh database is then a copy, which takes milliseconds where migrating takes seconds.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  // The shared server is thrown away after the run, so it need not survive a power cut.
  const postgres = await startPostgres({ settings: { fsync: 'off' } })
  try {
    const template = join(postgres.folder, 'pglite-template.tar')
    const folder = join(postgres.folder, 'pglite-template')
    await Promise.all([
      writePostgresTemplate((database) => postgres.url(database)),
      writePGliteTemplate(template).then(() => unpackPGliteTemplate(template, folder)),
    ])
    project.provide('postgresUrl', postgres.url('postgres'))
    project.provide('pgliteTemplate', template)
    project.provide('pgliteFolder', folder)
    return () => postgres.stop()
  } catch (error) {
    await postgres.stop()
    throw error
  }
}
