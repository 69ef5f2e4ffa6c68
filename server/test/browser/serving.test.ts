import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { exchange } from '../http/raw.ts'
import { pglite } from '../support/databases.ts'
import { useNetwork } from '../support/network.ts'
import { dist } from './browser.ts'

const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('the built dashboard is served', () => {
  const network = useNetwork(pglite.create, { hasDashboard: true })
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(network.url + path, { headers, redirect: 'manual' })
  const assets = globSync('assets/*', { cwd: fileURLToPath(dist) })
  const script = assets.find((path) => path.endsWith('.js') && /-[\w-]{8}\./.test(path)) ?? ''

  test('as one page for every address below /dashboard, never kept, with a nonce of its own', async () => {
    const nonces = new Set<string>()
    for (const path of ['/dashboard', '/dashboard/', '/dashboard/o/org-1/webhooks?state=waiting']) {
      const answer = await ask(path, PAGE)
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
      const policy = answer.headers.get('content-security-policy') ?? ''
      const [, nonce = ''] = /style-src 'self' 'nonce-([\w+/=]{24})'/.exec(policy) ?? []
      const text = await answer.text()
      expect(text).toContain(`nonce="${nonce}"`)
      expect(text).not.toContain('__NONCE__')
      expect(policy).not.toMatch(/unsafe|\*/)
      nonces.add(nonce)
    }
    expect(nonces.size).toBe(3)
  })

  test('with its files, compressed as the browser takes them, for ever by their names', async () => {
    const plain = await ask(`/dashboard/${script}`, { 'accept-encoding': 'identity' })
    const source = readFileSync(new URL(script, dist), 'utf8')
    expect(await plain.text()).toBe(source)
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(plain.headers.get('x-content-type-options')).toBe('nosniff')
    // A Worker obeys the policy of its own file: by this one it can't load code from anywhere.
    expect(plain.headers.get('content-security-policy')).toContain("default-src 'none'")
    const packed = await ask(`/dashboard/${script}`, { 'accept-encoding': 'br' })
    expect(packed.headers.get('content-encoding')).toBe('br')
    expect(await packed.text()).toBe(source)
  })

  test.each([
    '/dashboard/assets/absent-12345678.js',
    '/dashboard/assets/',
    '/dashboard/assets/.stamp',
  ])('but %s is a 404, also for who takes pages', async (path) => {
    for (const headers of [{}, PAGE]) {
      const answer = await ask(path, headers)
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ error: { type: 'NotFound' } })
    }
  })

  test('and the compressed twins have no addresses of their own', async () => {
    expect((await ask(`/dashboard/${script}.br`)).status).toBe(404)
    expect((await ask(`/dashboard/${script}.gz`)).status).toBe(404)
  })

  test.each([
    '/dashboard/assets/../.stamp',
    '/dashboard/assets/..%2f.stamp',
    '/dashboard/assets/%2e%2e/%2e%2e/package.json',
    '/dashboard/assets/..%5c..%5cpackage.json',
    '/dashboard/assets//etc/passwd',
    '/dashboard/../package.json',
    '/dashboard/assets/%00',
  ])('and %s leads nowhere', async (path) => {
    const request = `GET ${path} HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n`
    const [answer] = await exchange(network.url, request)
    expect([400, 404]).toContain(answer!.status)
  })

  test('programs that ask for an absent path are told so in JSON', async () => {
    for (const accept of ['application/json', '*/*']) {
      const answer = await ask('/dashboard/absent', { accept })
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ error: { type: 'NotFound' } })
    }
  })

  test('browsers are led from / to it, programs are not', async () => {
    const led = await ask('/', PAGE)
    expect([led.status, led.headers.get('location')]).toEqual([303, '/dashboard/'])
    expect((await ask('/', { accept: 'application/json' })).status).toBe(404)
  })

  test('where it was not built, a page says how it is', async () => {
    const { parts, operatorKey } = network.server
    const always = { isStopping: () => false, isReady: () => Promise.resolve(true) }
    const app = buildApp({ ...parts, operatorKey, ...always, dashboard: undefined })
    const answer = await app.inject({ url: '/dashboard/', headers: PAGE })
    expect([answer.statusCode, answer.body]).toEqual([
      200,
      expect.stringContaining('npm run build'),
    ])
    await app.close()
  })
})

describe('where people get no pages', () => {
  const network = useNetwork(pglite.create, { hasDashboard: false })

  test.each(['/', '/dashboard', '/dashboard/', '/dashboard/assets/icon.svg'])(
    '%s is a 404',
    async (path) => {
      const answer = await fetch(network.url + path, { headers: PAGE })
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ error: { type: 'NotFound' } })
    },
  )
})
