import { expect } from 'vitest'
import { complaintsOf, startChild } from './child-server.ts'
import type { ChildServer } from './child-server.ts'
import type { Place } from './import-place.ts'
import { createAddress } from './load.ts'
import type { Address } from './load.ts'

/** A server that is killed and started again; whoever calls it finds it at its address. */
export interface MortalServer {
  address: Address
  url(): string
  pause(): void
  resume(): void
  /** Kills it; then this is done, and it is started again. */
  kill(meanwhile?: () => Promise<void>): Promise<void>
  /** Asks it to stop; it has to end well. */
  stop(): Promise<void>
  start(): Promise<void>
  /** However it goes on. */
  end(): Promise<void>
}

export async function startMortal(place: Pick<Place, 'env'>): Promise<MortalServer> {
  const address = createAddress()
  let server: ChildServer
  async function start(): Promise<void> {
    server = await startChild(place.env)
    address.set(server.url)
  }
  await start()
  return {
    address,
    start,
    url: () => server.url,
    pause: () => server.pause(),
    resume: () => server.resume(),
    async kill(meanwhile) {
      expect(server.hasEnded, server.output()).toBe(false)
      await server.kill9()
      address.lose()
      expect(complaintsOf(server), server.output()).toEqual([])
      await meanwhile?.()
      await start()
    },
    async stop() {
      const code = await server.stop()
      address.lose()
      expect(code, server.output()).toBe(0)
      expect(complaintsOf(server), server.output()).toEqual([])
    },
    end: () => server.kill9(),
  }
}
