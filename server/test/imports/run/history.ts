import { sql } from 'kysely'
import { expect } from 'vitest'
import { customerKey } from '../../../src/customers/customer.ts'
import type { ManualClock } from '../../support/clock.ts'
import { inParallel } from '../../support/in-parallel.ts'
import { must } from '../../support/network.ts'
import type { Answer, Call, Member, Network } from '../../support/network.ts'
import { isHash } from './history-customer.ts'
import { Model } from './history-model.ts'
import type {
  ImportOptions,
  Imported,
  Place,
  Purchase,
  Row,
  Told,
  Verdict,
} from './history-model.ts'
import { createImportCalls } from '../import-calls.ts'
import type { ImportBody, ImportCalls } from '../import-calls.ts'

/** A file that was sent. */
export interface Sent {
  id: string
  organization: number
  rows: Row[]
  options: ImportOptions
}

interface Judged {
  merchant: number
  id: string
  verdict: Answer['body']
}

/** A history that is told to the program over HTTP and to the model beside it. */
export class History {
  readonly model: Model
  readonly members: Member[]
  readonly imports: Sent[] = []
  readonly orders: Judged[] = []
  /** What is told is known by its moments: each step has one of its own. */
  readonly #network: Network
  readonly #clock: ManualClock
  readonly #calls: ImportCalls[]
  readonly #begun: Date

  constructor(network: Network, clock: ManualClock) {
    this.#network = network
    this.#clock = clock
    this.members = [...network.publishers, ...network.merchants]
    this.model = new Model(this.members.map(({ organization }) => organization.role))
    this.#calls = this.members.map((member) => createImportCalls(network.url, member))
    this.#begun = clock.now()
  }

  async report(place: Place, identifiers: string[], replaces = false): Promise<void> {
    const body = toBody(identifiers)
    const path = '/v1/customers'
    const at = this.#tick()
    const answer = await must(
      replaces
        ? this.#call(place)('PUT', `${path}/${place.id}`, body)
        : this.#call(place)('POST', path, { id: place.id, ...body }),
    )
    this.model.report(place, identifiers, replaces, at)
    this.#expectAnswer(place, answer)
  }

  async erase(place: Place): Promise<void> {
    const at = this.#tick()
    const { status } = await this.#call(place)('DELETE', `/v1/customers/${place.id}`)
    if (this.model.erase(place, at)) expect(status).toBe(200)
  }

  async order(
    name: string,
    order: { merchant: number; id: string | null; identifiers: string[] },
  ): Promise<void> {
    const { merchant, id, identifiers } = order
    const { advertising_id: advertisingId, ...emails } = toBody(identifiers)
    const at = this.#tick()
    const call = this.members[merchant]!.call
    const body = {
      order_id: name,
      total: 100,
      currency: 'USD',
      advertising_id: advertisingId,
      customer: { id, ...emails },
    }
    const { button_order_id: buttonId } = await must(call('POST', '/v1/order', body))
    const verdict = await must(call('GET', `/v1/order/${name}/verdict`))
    this.orders.push({ merchant, id: name, verdict })
    this.#buttonIds.set(buttonId, name)
    this.#expectVerdict(verdict, this.model.order(name, order, at))
  }
  readonly #buttonIds = new Map<string, string>()

  async cancel({ merchant, id }: Pick<Judged, 'merchant' | 'id'>): Promise<void> {
    const at = this.#tick()
    await must(this.members[merchant]!.call('DELETE', `/v1/order/${id}`))
    this.model.cancel(id, at)
  }

  /** Imports rows, after a look at what that would do unless it is to begin at once. */
  async import(
    organization: number,
    rows: Row[],
    options: ImportOptions,
    how: 'at-once' | 'checked' | 'cancelled' = 'checked',
  ): Promise<ImportBody> {
    const at = this.#tick()
    const calls = this.#calls[organization]!
    const [file, sending] = [toFile(rows), toSending(options)]
    if (how === 'at-once') {
      const its = await calls.run(file, sending)
      this.#expectDone(its, this.#give(its, { organization, rows, options }, at))
      return its
    }
    const ready = await calls.check(file, sending)
    const expected = this.model.copy().import(organization, ready.id, rows, options, at)
    await this.#expectPreview(ready, expected)
    if (how === 'cancelled') {
      const its = await must(calls.cancel(ready.id))
      expect(its).toMatchObject({ state: 'cancelled', rows: 0, created: 0, updated: 0 })
      this.imports.push({ id: its.id, organization, rows, options })
      return its
    }
    const its = await calls.finish(ready.id)
    this.#expectDone(its, this.#give(its, { organization, rows, options }, at))
    return its
  }

  /** Sends the same file once more and sees that nothing comes of it. */
  async repeat({ organization, rows, options }: Sent): Promise<void> {
    const before = await this.#readAll()
    const its = await this.import(organization, rows, options, 'at-once')
    const rejected = rows.filter((row) => row.isBroken || row.id === null).length
    expect(its).toMatchObject({ created: 0, updated: 0, rejected, removed: 0 })
    expect(await this.#readAll(), 'the same file again').toEqual(before)
  }

  async undo({ id, organization, options }: Sent): Promise<void> {
    const at = this.#tick()
    const its = await this.#calls[organization]!.takeBack(id)
    const { undone, restored } = this.model.undo(organization, id, at, options.isQuiet)
    // Undoing it once more takes nothing back, and gives nothing back.
    expect(its).toMatchObject({
      state: 'undone',
      ...(undone > 0 && { undone }),
      ...(restored > 0 && { restored }),
    })
  }

  /** That all is as it must be: customers, their segments, what was told of them, and the audit. */
  async expectTruth(places: Place[]): Promise<void> {
    await inParallel(places, async (place) => {
      const { status, body } = await this.#call(place)('GET', `/v1/customers/${place.id}`)
      if (!this.model.read(place)) expect(status, JSON.stringify(place)).toBe(404)
      else this.#expectAnswer(place, body.object)
    })
    await this.#expectTold()
    const { checks } = await this.#network.server.parts.verify()
    expect(checks.filter(({ drift }) => drift > 0)).toEqual([])
  }

  /** That what was judged is judged as it was. */
  async expectVerdicts(): Promise<void> {
    for (const { merchant, id, verdict } of this.orders) {
      const now = await must(this.members[merchant]!.call('GET', `/v1/order/${id}/verdict`))
      expect(now).toEqual(verdict)
    }
  }

  #tick(): number {
    this.#clock.advance(1_000)
    return this.#clock.now().getTime()
  }

  #call({ organization }: Place): Call {
    return this.members[organization]!.call
  }

  #give(its: ImportBody, sent: Omit<Sent, 'id'>, at: number): Imported {
    this.imports.push({ id: its.id, ...sent })
    return this.model.import(sent.organization, its.id, sent.rows, sent.options, at)
  }

  #expectAnswer(place: Place, answer: Answer['body']): void {
    const { emails_sha256: emails, advertising_id: advertisingId, segments } = answer
    const { identifiers, active } = this.model.read(place)!
    const about = JSON.stringify(place)
    expect(emails.toSorted(), about).toEqual(identifiers.filter(isHash))
    const devices = identifiers.filter((each) => !isHash(each))
    expect([null, ...devices], about).toContain(advertisingId)
    expect(advertisingId === null, about).toBe(devices.length === 0)
    const named = segments
      .filter(({ name }: { name: string }) => name === 'active')
      .map((segment: { organization_id: string }) => this.#numberOf(segment.organization_id))
    expect(named.toSorted(), about).toEqual(active)
  }

  #numberOf(id: string): number {
    return this.members.findIndex(({ organization }) => organization.id === id)
  }

  #expectVerdict({ segment, evidence }: Answer['body'], expected: Verdict): void {
    expect(segment).toBe(expected.segment)
    if (expected.matched === null) return expect(evidence).toBeNull()
    const { matched, through, source, known_date: known } = evidence
    expect({ matched, through }).toEqual({ matched: expected.matched, through: 'merchant' })
    const told: Purchase =
      source === 'order'
        ? {
            source,
            at: Date.parse(known),
            order: this.#buttonIds.get(evidence.button_order_id) ?? evidence.button_order_id,
          }
        : {
            source,
            at: Date.parse(known),
            import: evidence.import_id,
            first: evidence.first_purchase_date,
            last: evidence.last_purchase_date,
          }
    expect(expected.evidence).toContainEqual(told)
  }

  #expectDone(its: ImportBody, { changes: _, ...expected }: Imported): void {
    expect(its.created + its.updated + its.unchanged + its.rejected).toBe(its.rows)
    expect(its).toMatchObject({ ...expected, total_rows: expected.rows })
  }

  async #expectPreview({ id, preview }: ImportBody, { changes, ...expected }: Imported) {
    expect(preview).toMatchObject({ ...expected, is_exact: true })
    expect(preview.segment_changes, id).toBe(changes)
  }

  /** Everything that anybody can read. */
  async #readAll(): Promise<Answer[]> {
    return Promise.all(
      this.model.list().map((place) => this.#call(place)('GET', `/v1/customers/${place.id}`)),
    )
  }

  async #expectTold(): Promise<void> {
    const { rows } = await sql<{
      subject: string
      type: string
      merchant: number
      previous: string
      current: string
      cause: string
      at: Date
    }>`
      select subject, type, merchant, previous, current, cause, at from events
      where type like 'segment-change%' and at > ${this.#begun}
      order by subject, sequence`.execute(this.#network.db)
    const { directory } = this.#network.server.parts
    const told = Map.groupBy(rows, ({ subject }) => subject)
    for (const place of this.model.list()) {
      const subject = this.#subjectOf(place)
      const its = (told.get(subject) ?? []).map(
        ({ subject: _, type, merchant, at, ...change }): Told => ({
          ...change,
          merchant: this.#numberOf(directory.current().byNumber(merchant)?.id ?? ''),
          isQuiet: type === 'segment-change-quiet',
          at: at.getTime(),
        }),
      )
      expect(its, JSON.stringify(place)).toEqual(this.model.told(place))
      told.delete(subject)
    }
    expect([...told.values()], 'of whom nothing is known').toEqual([])
  }

  #subjectOf({ organization, id }: Place): string {
    const { directory, vault } = this.#network.server.parts
    const found = directory.current().byId(this.members[organization]!.organization.id)
    return customerKey(vault, found!, id)
  }
}

export function toBody(identifiers: string[]) {
  const device = identifiers.find((each) => !isHash(each))
  return {
    emails_sha256: identifiers.filter(isHash),
    ...(device !== undefined && { advertising_id: device }),
  }
}

export function toFile(rows: Row[]): string {
  const header =
    'user_id,email_sha256,emails_sha256,advertising_id,first_purchase_date,last_purchase_date'
  const lines = rows.map(({ id, identifiers, first, last, isBroken }) => {
    const [email = '', ...emails] = identifiers.filter(isHash)
    const device = identifiers.find((each) => !isHash(each)) ?? ''
    const cells = [isBroken ? 'no hash' : email, emails.join('|'), device, first ?? '', last ?? '']
    return [id ?? '', ...cells].join(',')
  })
  return [header, ...lines, ''].join('\n')
}

export function toSending({ kind, mode, isQuiet }: ImportOptions) {
  return { mode: [...(kind ? [kind] : []), mode].join(','), quiet: isQuiet }
}
