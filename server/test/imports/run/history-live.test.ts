import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDice } from '../../crash/dice.ts'
import { databases } from '../../support/databases.ts'
import type { Place } from './history-model.ts'
import { ACCOUNTS, MERGED, PURCHASERS, replacing, rowOf } from './history-rows.ts'
import { inParallel } from '../../support/in-parallel.ts'
import { createLiveWorld, idOf, M2, M3, mailOf, numbers, P0, P1 } from './live-world.ts'
import type { LiveWorld } from './live-world.ts'

const PEOPLE = 1_200
const BUSY = 500
const TIMEOUT = { timeout: 120_000 }

type Work = () => Promise<unknown>

describe.each(databases)('imports beside one another and beside calls on $name', (database) => {
  let world: LiveWorld
  const people = numbers(PEOPLE)
  const some = (every: number, left: number) => people.filter((each) => each % every === left)
  const at = (organization: number, person: number): Place => ({
    organization,
    id: idOf(person),
  })

  beforeEach(async () => {
    world = await createLiveWorld(database)
  })
  afterEach(async () => {
    await world.stop()
  })

  test('four files of the same people at once', TIMEOUT, async () => {
    await world.begin(P0, people)
    const dice = createDice(11)
    const { model } = world
    const shuffled = () =>
      people
        .map((person) => ({ person, place: dice.next() }))
        .sort((a, b) => a.place - b.place)
        .map(({ person }) => person)
    const rowsOf = (what: string, among = shuffled()) =>
      among.map((person) => rowOf(idOf(person), [mailOf(person), mailOf(person, what)]))
    const files = [
      { organization: P0, rows: rowsOf('second'), options: MERGED },
      { organization: P1, rows: rowsOf('second'), options: MERGED },
      { organization: M2, rows: rowsOf('third'), options: PURCHASERS },
      { organization: M3, rows: rowsOf('second').slice(0, 900), options: PURCHASERS },
    ]
    const ids = await Promise.all(
      files.map(({ organization, rows, options }) => world.send(organization, rows, options)),
    )
    for (const [index, { organization, rows, options }] of files.entries()) {
      const its = await world.finished(organization, ids[index]!)
      const { changes: _, ...expected } = model.import(organization, its.id, rows, options, 0)
      expect(its).toMatchObject(expected)
    }
    await world.expectEnd(some(5, 0).flatMap((person) => [at(P0, person), at(P1, person)]))
    const { rows } = await sql<{ told: number }>`
      select count(*)::int as told from events where type = 'segment-change'
        and subject in (select c.id from customers c join organizations o
          on o.number = ('x' || left(c.id::text, 8))::bit(32)::int
          where o.id = ${world.members[P0]!.organization.id})`.execute(world.network.db)
    expect(rows, 'each of the first publisher once a merchant').toEqual([{ told: PEOPLE + 900 }])
  })

  /** What the calls beside the files say that takes nothing away. */
  function tellCalls(): void {
    const { model } = world
    for (const person of some(4, 0)) {
      model.report(at(P0, person), [mailOf(person, 'third')], false, 0)
    }
    for (const person of some(6, 1)) {
      model.report(at(P1, person), [mailOf(person, 'second')], false, 0)
    }
    for (const person of some(3, 0)) tellOrder(M2, `o-${person}`, person)
    for (const person of some(3, 0)) tellOrder(M3, `n-${person}`, person, 'second')
    for (const person of some(5, 4)) {
      tellOrder(M2, `d-${person}`, person)
      model.cancel(`d-${person}`, 0)
    }
  }

  test('files beside customers, orders and deletions on rows that exist', TIMEOUT, async () => {
    await world.begin(P0, people)
    await world.begin(M2, people)
    const { model } = world
    const [erased, replaced] = [some(10, 1), some(10, 3)]
    const own = people.map((person) => rowOf(idOf(person), [mailOf(person, 'second')]))
    const dates = { first: '2025-01-01T00:00:00.000Z', last: null }
    const bought = people.map((person) => rowOf(idOf(person), [mailOf(person, 'third')], dates))
    const sent = await Promise.all([
      world.send(P0, own, MERGED),
      world.send(M2, bought.slice(0, 800), ACCOUNTS),
      world.send(M3, bought.slice(400), PURCHASERS),
    ])
    const calls: Work[] = [
      ...some(4, 0).map((person) => () => world.join(at(P0, person), [mailOf(person, 'third')])),
      ...some(6, 1).map((person) => () => world.join(at(P1, person), [mailOf(person, 'second')])),
      ...some(3, 0).map((person) => () => buy(M2, `o-${person}`, person)),
      ...some(3, 0).map((person) => () => buy(M3, `n-${person}`, person, 'second')),
      ...some(5, 4).map((person) => async () => {
        await buy(M2, `d-${person}`, person)
        await world.cancel(M2, `d-${person}`)
      }),
      ...erased.map((person) => () => world.erase(at(P0, person))),
      ...replaced.map((person) => () => world.replace(at(P0, person), [mailOf(person, 'fourth')])),
    ]
    const dice = createDice(12)
    await inParallel(
      calls.map((call) => ({ call, place: dice.next() })).sort((a, b) => a.place - b.place),
      ({ call }) => call(),
    )
    const [ofP0, ofM2, ofM3] = sent
    await world.finished(P0, ofP0)
    await world.finished(M2, ofM2)
    await world.finished(M3, ofM3)

    // Which came first of a call that takes away and the row of the same customer is seen by the end.
    const late = [...erased, ...replaced].map((person) => at(P0, person))
    const isRowLast = (await world.readAll(late)).map((known, index) =>
      index < erased.length ? known !== undefined : known!.identifiers.length > 1,
    )
    expect(new Set(isRowLast.slice(0, erased.length)).size).toBeGreaterThan(0)
    const takeAway = (isBefore: boolean): void => {
      for (const [index, place] of late.entries()) {
        if (isRowLast[index] !== isBefore) continue
        if (index < erased.length) model.erase(place, 0)
        else {
          const person = replaced[index - erased.length]!
          model.report(place, [mailOf(person, 'fourth')], true, 0)
        }
      }
    }
    takeAway(true)
    model.import(P0, ofP0, own, MERGED, 0)
    takeAway(false)
    model.import(M2, ofM2, bought.slice(0, 800), ACCOUNTS, 0)
    model.import(M3, ofM3, bought.slice(400), PURCHASERS, 0)
    tellCalls()
    await world.expectEnd(
      some(9, 0).flatMap((person) => [P0, P1, M2, M3].map((number) => at(number, person))),
    )
  })

  test('a file is undone while calls and another file go on', TIMEOUT, async () => {
    await world.begin(P0, people)
    const { model } = world
    const rows = people.map((person) => rowOf(idOf(person), [mailOf(person)]))
    const first = await world.send(M2, rows, PURCHASERS)
    await world.finished(M2, first)
    const { imports } = world
    const undoing = imports[M2]!.undo(first)
    const second = await world.send(M3, rows.slice(300), PURCHASERS)
    const calls: Work[] = [
      ...some(3, 0).map((person) => () => buy(M2, `o-${person}`, person, 'second')),
      ...some(4, 1).map((person) => () => world.join(at(M2, person), [mailOf(person, 'third')])),
      ...some(8, 2).map((person) => () => world.erase(at(M2, person))),
      ...some(4, 3).map((person) => () => world.join(at(P0, person), [mailOf(person, 'third')])),
    ]
    const dice = createDice(13)
    await inParallel(
      calls.map((call) => ({ call, place: dice.next() })).sort((a, b) => a.place - b.place),
      ({ call }) => call(),
    )
    expect((await undoing).status).toBe(200)
    const its = await imports[M2]!.rested(first)
    expect(its.state).toBe('undone')
    expect(its.undone).toBeGreaterThan(0)
    await world.finished(M3, second)

    // Of an order and an erasure of the same customer the last one tells whether she is there.
    const contested = some(8, 2).filter((person) => person % 3 === 0)
    const isThere = (await world.readAll(contested.map((person) => at(M2, person)))).map(Boolean)
    model.import(M3, second, rows.slice(300), PURCHASERS, 0)
    const [before, after] = [new Set<number>(), new Set<number>()]
    for (const person of some(8, 2)) {
      const index = contested.indexOf(person)
      ;(index >= 0 && isThere[index] ? before : after).add(person)
    }
    for (const person of before) model.erase(at(M2, person), 0)
    for (const person of some(3, 0)) tellOrder(M2, `o-${person}`, person, 'second')
    for (const person of some(4, 1)) {
      model.report(at(M2, person), [mailOf(person, 'third')], false, 0)
    }
    for (const person of some(4, 3)) {
      model.report(at(P0, person), [mailOf(person, 'third')], false, 0)
    }
    for (const person of after) model.erase(at(M2, person), 0)
    await world.expectEnd(
      some(9, 0).flatMap((person) => [P0, M2, M3].map((number) => at(number, person))),
    )
  })

  test(
    'a file comes in and is undone while its customers change without a pause',
    TIMEOUT,
    async () => {
      await world.begin(P0, people.slice(0, BUSY))
      await world.begin(M2, people.slice(0, BUSY))
      const { model, imports } = world
      const busy = people.slice(0, BUSY)
      const change = (what: string) =>
        inParallel(busy, (person) => world.replace(at(M2, person), [mailOf(person, what)]))
      let isOver = false
      const changeOnAndOn = async (): Promise<number> => {
        let rounds = 0
        for (; !isOver; rounds++) await change(`round-${rounds % 3}`)
        return rounds
      }
      const changing = changeOnAndOn()
      const rows = busy.map((person) => rowOf(idOf(person), [mailOf(person, 'file')]))
      const id = await world.send(M2, rows, PURCHASERS)
      await world.finished(M2, id).finally(() => (isOver = true))
      expect(await changing).toBeGreaterThan(0)
      await change('first')
      model.import(M2, id, rows, PURCHASERS, 0)
      for (const person of busy) model.report(at(M2, person), [mailOf(person)], true, 0)
      await world.expectEnd(busy.slice(400).flatMap((person) => [at(P0, person), at(M2, person)]))

      isOver = false
      const changingAgain = changeOnAndOn()
      expect((await imports[M2]!.undo(id)).status).toBe(200)
      const undone = await imports[M2]!.rested(id).finally(() => (isOver = true))
      expect(undone).toMatchObject({ state: 'undone', undone: BUSY })
      await changingAgain
      await change('first')
      model.undo(M2, id, 0, false)
      await world.expectEnd(busy.slice(400).flatMap((person) => [at(P0, person), at(M2, person)]))
    },
  )

  test(
    'a file that is cancelled in the middle gave what is counted, and is undone',
    TIMEOUT,
    async () => {
      await world.begin(P0, people)
      const { model, imports } = world
      const calls = imports[M2]!
      const earlier = people.map((person) => rowOf(idOf(person), [mailOf(person, 'earlier')]))
      await world.finished(M2, await world.send(M2, earlier, ACCOUNTS))
      model.import(M2, 'earlier', earlier, ACCOUNTS, 0)
      const before = model.copy()
      const rows = numbers(8_000).map((n) => rowOf(idOf(n), [mailOf(n), mailOf(n % 500, 'shared')]))
      const id = await world.send(M2, rows, replacing(PURCHASERS))
      await calls.once(id, (its) => its.rows > 0)
      await calls.cancel(id)
      const its = await calls.read(id)
      expect(its).toMatchObject({ state: 'cancelled', removed: 0 })
      expect(its.rows).toBeLessThan(rows.length)
      expect(its.created + its.updated + its.unchanged + its.rejected).toBe(its.rows)
      const written = rows.slice(0, its.rows)
      const cut = { ...replacing(PURCHASERS), isCut: true }
      const { created, updated } = model.import(M2, id, written, cut, 0)
      expect(its).toMatchObject({ created, updated })
      const places = some(7, 0).flatMap((person) => [at(P0, person), at(M2, person)])
      await world.expectEnd([...places, at(M2, its.rows - 1), at(M2, its.rows)])
      expect(await calls.takeBack(id)).toMatchObject({ undone: its.rows })
      world.model = before
      await world.expectEnd([...places, at(M2, its.rows - 1)])
    },
  )

  const buy = (merchant: number, name: string, person: number, what?: string): Promise<void> =>
    world.order(merchant, name, idOf(person), [mailOf(person, what)])
  const tellOrder = (merchant: number, name: string, person: number, what?: string): void => {
    const identifiers = [mailOf(person, what)]
    world.model.order(name, { merchant, id: idOf(person), identifiers }, 0)
  }
})
