import { beforeAll, expect, test } from 'vitest'
import { pglite } from '../support/databases.ts'
import { useNetwork } from '../support/network.ts'
import { openBrowser } from './browser.ts'
import type { Browser, SendOptions } from './browser.ts'
import { joinOrganization } from './people.ts'

const network = useNetwork(pglite.create, { publishers: 1, merchants: 1 })
let browser: Browser
let id: string

beforeAll(async () => {
  const shop = network.merchants[0]!
  id = shop.organization.id
  browser = (await joinOrganization(network, shop, 'kim@shop.example', { preset: 'owner' })).browser
})

const path = '/v1/link-hosts'
const headers = (more: Record<string, string>) => ({ 'newcomer-organization': id, ...more })

test('a page of the same origin is let in, by what new and old browsers say', async () => {
  const own = { origin: network.url }
  for (const more of [{ 'sec-fetch-site': 'same-origin' }, own]) {
    const { status } = await browser.send('GET', path, { headers: headers(more) })
    expect(status).toBe(200)
  }
})

test('every other page is refused, whatever it can make a browser send', async () => {
  const json = { 'content-type': 'application/json' }
  const attacks: [string, SendOptions][] = [
    // A form, a picture, a frame: no header of their own.
    ['form', { headers: { 'sec-fetch-site': 'same-origin' }, text: '{"host":"evil.example"}' }],
    ['form of another site', { headers: { 'sec-fetch-site': 'cross-site' }, text: 'host=evil' }],
    // Another port of this host: the browser sends even a strict cookie along.
    ['another port', { headers: headers({ 'sec-fetch-site': 'same-site', ...json }), body: {} }],
    ['another site', { headers: headers({ 'sec-fetch-site': 'cross-site', ...json }), body: {} }],
    ['an address that was typed', { headers: headers({ 'sec-fetch-site': 'none' }) }],
    ['an old browser elsewhere', { headers: headers({ origin: 'https://evil.example' }) }],
    ['an old browser, null', { headers: headers({ origin: 'null' }) }],
    ['nothing that says from where', { headers: headers({}) }],
  ]
  for (const [name, options] of attacks) {
    const { status, body } = await browser.send('POST', path, options)
    expect([name, status >= 401 && status <= 403, body.meta.status]).toEqual([name, true, 'error'])
  }
  const hosts = await browser.organization(id, 'GET', path)
  expect(hosts.body.objects).toEqual([])
})

test('a body that is no JSON is refused', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const { status } = await browser.send('POST', path, {
      headers: headers({ 'sec-fetch-site': 'same-origin', 'content-type': type }),
      text: '{"host":"evil.example"}',
    })
    expect([type, status]).toEqual([type, 415])
  }
})

test('signing in, too, is for pages of this origin', async () => {
  const body = { email: 'kim@shop.example', password: 'seven green bicycles' }
  const stranger = openBrowser(network.url)
  const type = { 'content-type': 'application/json' }
  for (const more of [
    {},
    { 'newcomer-account': '1' },
    { 'newcomer-account': '1', 'sec-fetch-site': 'cross-site' },
  ]) {
    const answer = await stranger.send('POST', '/account/v1/sign-in', {
      headers: { ...type, ...more },
      body,
    })
    expect(answer.status).toBe(403)
  }
  expect(stranger.cookies.size).toBe(0)
})

test('a key goes before the cookie, and without either browsers ask for no password', async () => {
  const authorization = `Basic ${btoa('sk-nobody:')}`
  const both = { 'sec-fetch-site': 'same-origin', authorization }
  const refused = await browser.send('GET', path, { headers: headers(both) })
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    401,
    'Basic realm="newcomer"',
  ])
  const stranger = openBrowser(network.url)
  const none = await stranger.send('GET', path, {
    headers: headers({ 'sec-fetch-site': 'same-origin' }),
  })
  expect([none.status, none.body.error.type]).toEqual([401, 'SignInRequired'])
  expect(none.headers.get('www-authenticate')).toBeNull()
  expect(none.headers.get('cache-control')).toBe('no-store')
})

test('a cookie that is there twice is none', async () => {
  const token = browser.cookies.get('newcomer')!
  const two = openBrowser(network.url)
  two.cookies.set('newcomer', `${token}; newcomer=${'x'.repeat(43)}`)
  const { status } = await two.organization(id, 'GET', path)
  expect(status).toBe(401)
})

test('a file that browsers download names the organization in its URL, and is for own pages too', async () => {
  const file = `/v1/imports/import-${'0'.repeat(16)}/rejects.csv?organization=${id}`
  const statusOf = async (where: string, site: string, dest: string): Promise<number> => {
    const fetched = { 'sec-fetch-site': site, 'sec-fetch-dest': dest }
    return (await browser.send('GET', where, { headers: fetched })).status
  }
  expect(await statusOf(file, 'same-origin', 'document')).toBe(404)
  expect(await statusOf(file, 'same-origin', 'empty')).toBe(404)
  expect(await statusOf(file, 'same-origin', 'iframe')).toBe(403)
  expect(await statusOf(file, 'cross-site', 'document')).toBe(403)
  expect(await statusOf(file, 'same-site', 'document')).toBe(403)
  expect(await statusOf(`${path}?organization=${id}`, 'same-origin', 'document')).toBe(401)
})
