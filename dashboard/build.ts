import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

/**
 * Builds the dashboard into `dist/`, which the server serves. With `--if-stale` only where `dist/` was built from
 * other sources than those that are there now, which takes milliseconds to see: `npm start`, `npm run demo` and
 * `npm test` run it so. The server knows nothing of how its pages are built.
 */

const root = fileURLToPath(new URL('.', import.meta.url))
const DIST = join(root, 'dist')
const STAMP = join(DIST, '.stamp')

/** Everything that decides what comes out; of the tests and of the server nothing does. */
const SOURCES = [
  'dashboard/src/**/*',
  'dashboard/public/**/*',
  'dashboard/{index.html,build.ts,package.json}',
  'client/src/**/*.ts',
  // The API reference is made of it.
  'openapi.json',
  'package-lock.json',
]

function stampOf(): string {
  const repository = join(root, '..')
  const hash = createHash('sha256')
  const paths = globSync(SOURCES, { cwd: repository, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  for (const path of paths) {
    const content = readFileSync(path)
    hash.update(`${relative(repository, path).split(sep).join('/')} ${content.length}\n`)
    hash.update(content)
  }
  return hash.digest('hex')
}

async function build(stamp: string): Promise<void> {
  // Vite believes what it finds: under `NODE_ENV=test` it would take React's slow twin, a third larger.
  process.env['NODE_ENV'] = 'production'
  // Loaded here, as it takes longer than to see that nothing changed; and only where it is installed.
  const [{ build: viteBuild }, { default: react }] = await Promise.all([
    import('vite'),
    import('@vitejs/plugin-react'),
  ])
  const built = join(root, 'dist.new')
  await viteBuild({
    configFile: false,
    root,
    base: '/dashboard/',
    logLevel: 'warn',
    plugins: [react()],
    resolve: {
      alias: { '@newcomer/client/browser': join(root, '../client/src/browser.ts') },
    },
    // The server puts a fresh nonce in its place with each answer.
    html: { cspNonce: '__NONCE__' },
    build: {
      outDir: built,
      emptyOutDir: true,
      manifest: true,
      target: 'es2023',
      // A font or a picture in a `data:` URL would need a wider policy.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 900,
    },
    worker: { format: 'es' },
  })
  compress(built)
  writeFileSync(join(built, '.stamp'), stamp)
  rmSync(DIST, { recursive: true, force: true })
  renameSync(built, DIST)
}

/** Beside each file what browsers take in its place. Brotli's 11 would save 7 % and take six times as long. */
function compress(folder: string): void {
  for (const name of globSync('assets/**/*.{js,css,svg}', { cwd: folder })) {
    const content = readFileSync(join(folder, name))
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params }))
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }))
  }
}

const stamp = stampOf()
const isFresh = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp
if (!process.argv.includes('--if-stale') || !isFresh) {
  const began = performance.now()
  process.stdout.write('Building the dashboard …\n')
  await build(stamp)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  process.stdout.write(`Built the dashboard in ${seconds} s.\n`)
}
