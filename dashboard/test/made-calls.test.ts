import { QueryObserver } from '@tanstack/react-query'
import { beforeEach, expect, test, vi } from 'vitest'
import { listMadeCalls, recordCall } from '../src/api/made-calls.ts'
import { queries } from '../src/api/queries.ts'

let page = 0
beforeEach(() => vi.stubGlobal('location', { pathname: `/dashboard/${page++}` }))

test('the latest call stands first, and one that goes on in a list in place of the one before', () => {
  recordCall({ method: 'GET', path: '/v1/events?cursor=a' })
  recordCall({ method: 'GET', path: '/v1/webhooks?state=failed' })
  recordCall({ method: 'GET', path: '/v1/events?cursor=b' })
  recordCall({ method: 'GET', path: '/v1/webhooks' })
  expect(listMadeCalls().map(({ path }) => path)).toEqual([
    ...['/v1/webhooks', '/v1/events?cursor=b', '/v1/webhooks?state=failed'],
  ])
})

test('a page has its own calls, and has them when one comes back', () => {
  recordCall({ method: 'GET', path: '/v1/webhooks' })
  const { pathname } = location
  vi.stubGlobal('location', { pathname: '/dashboard/another' })
  expect(listMadeCalls()).toEqual([])
  vi.stubGlobal('location', { pathname })
  expect(listMadeCalls()).toHaveLength(1)
})

test('neither what somebody signs in with nor a secret is kept', () => {
  recordCall({ method: 'POST', path: '/account/v1/step-up', body: '{"password":"canary"}' })
  const body = JSON.stringify({ url: 'https://hooks.example/', deep: [{ api_token: 'canary' }] })
  recordCall({ method: 'POST', path: '/v1/webhooks', body })
  expect(listMadeCalls()).toEqual([
    {
      method: 'POST',
      path: '/v1/webhooks',
      body: '{"url":"https://hooks.example/","deep":[{"api_token":"…"}]}',
    },
  ])
})

test('what was read for another page counts where it is shown, and no longer', async () => {
  const options = {
    queryKey: ['imports'],
    queryFn: () => {
      recordCall({ method: 'GET', path: '/v1/imports' })
      return Promise.resolve([])
    },
  }
  await queries.fetchQuery(options)
  vi.stubGlobal('location', { pathname: '/dashboard/later' })
  expect(listMadeCalls()).toEqual([])
  const stop = new QueryObserver(queries, options).subscribe(() => undefined)
  expect(listMadeCalls()).toEqual([{ method: 'GET', path: '/v1/imports' }])
  recordCall({ method: 'POST', path: '/v1/imports' })
  expect(listMadeCalls().map(({ method }) => method)).toEqual(['POST', 'GET'])
  stop()
  expect(listMadeCalls().map(({ method }) => method)).toEqual(['POST'])
  queries.clear()
})
