import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../../support/databases.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Receiver } from '../../support/receiver.ts'
import { productionRule } from '../../support/target-rules.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

describe.each(databases)('a forbidden target on $name', (testDatabase) => {
  let world: World
  let receiver: Receiver
  beforeEach(async () => {
    world = await createWorld(testDatabase)
    receiver = await startReceiver(204)
  })
  afterEach(async () => {
    await world.close()
    await receiver.close()
  })

  test('is an attempt that failed, and is tried again when the rule allows it', async () => {
    await world.endpoint(receiver.url)
    await world.happen(world.customer())
    expect(await world.dispatcher({ targetRule: productionRule }).deliverDue()).toBe(1)
    expect(await world.attempts()).toMatchObject([
      { number: 1, outcome: 'failed', status: null, error: 'forbidden' },
    ])
    expect(receiver.received).toEqual([])
    world.clock.advance(11_000)
    expect(await world.dispatcher().deliverDue()).toBe(1)
    expect(receiver.received).toHaveLength(1)
  })
})
