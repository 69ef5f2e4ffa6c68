import { expect, test } from 'vitest'
import { createStandIn } from './stand-in.ts'

test('is what was given, and an error before and after', () => {
  const { object, give, take } = createStandIn<{ url: string; ask(): string }>('network')
  const reads = [() => object.url, () => object.ask(), () => ({ ...object })]
  for (const read of reads) expect(read).toThrow('The network is there in tests and hooks only')
  const network = { url: '/', ask: () => 'answer' }
  give(network)
  expect([object.url, object.ask(), { ...object }]).toEqual(['/', 'answer', network])
  expect(() => Object.assign(object, { url: '/other' })).toThrow(TypeError)
  expect(take()).toBe(network)
  for (const read of reads) expect(read).toThrow('The network is there in tests and hooks only')
  expect(take()).toBeUndefined()
})
