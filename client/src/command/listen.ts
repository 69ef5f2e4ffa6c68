import { randomBytes } from 'node:crypto'
import type { SingleEvent } from '../event.ts'
import { NewcomerError } from '../newcomer-error.ts'
import { standardKey } from '../sign-webhook.ts'
import type { ListenOptions } from './arguments.ts'
import { CommandError, UsageError } from './command-error.ts'
import { sayLost } from './context.ts'
import type { Context } from './context.ts'
import { describeEvent, subjectOf } from './event-text.ts'
import { forward } from './forward.ts'
import type { Forwarded, Receiver } from './forward.ts'
import { counted, visible } from './text.ts'

/** So many requests go to the receiver at once. */
const MAX_CONCURRENCY = 8

/** `newcomer listen`: shows what happens, and sends it on to a receiver, until ^C. */
export async function listen(context: Context, options: ListenOptions): Promise<never> {
  const { client, terminal, interruption } = context
  const receiver = receiverOf(context, options)
  const counts = { heard: 0, failed: 0 }
  interruption.answer = () => summaryOf(counts, receiver)
  let isFirst = true
  const follow = { eventType: options.eventType, onLost: sayLost(terminal) }
  try {
    for await (const { events } of client.events.follow(follow)) {
      if (isFirst) tellBeginning(context, receiver)
      isFirst = false
      // The next page only after this one: so the order holds from page to page as well.
      await sideBySide(groupBySubject(events), async (event) => {
        counts.heard++
        if (!options.json) showEvent(context, event, options)
        const forwarded = receiver ? await forward(event, receiver) : null
        if (forwarded && !isSuccess(forwarded)) counts.failed++
        if (options.json) await terminal.printRaw(`${JSON.stringify({ event, forwarded })}\n`)
        else if (forwarded) showForwarded(context, event, forwarded)
      })
    }
  } catch (error) {
    if (!(error instanceof NewcomerError) || error.status !== 0) throw error
    throw new CommandError(`${error.message}\nWhat happened since is not shown by a new start.`)
  }
  throw new Error('The events came to an end')
}

/** `Map.groupBy` would do it, but not on Node 20. */
function groupBySubject(events: readonly SingleEvent[]): Iterable<SingleEvent[]> {
  const groups = new Map<string, SingleEvent[]>()
  for (const event of events) {
    const subject = subjectOf(event)
    const group = groups.get(subject)
    if (group) group.push(event)
    else groups.set(subject, [event])
  }
  return groups.values()
}

/** Each group's things one after another, some groups at once. */
async function sideBySide<T>(groups: Iterable<T[]>, work: (one: T) => Promise<void>) {
  const left = groups[Symbol.iterator]()
  const walk = async () => {
    for (let next = left.next(); !next.done; next = left.next()) {
      for (const one of next.value) await work(one)
    }
  }
  await Promise.all(Array.from({ length: MAX_CONCURRENCY }, walk))
}

function receiverOf(
  { webhookSecret }: Context,
  { forwardTo, json }: ListenOptions,
): (Receiver & { isFresh: boolean }) | undefined {
  if (forwardTo === undefined) return undefined
  if (webhookSecret !== undefined && standardKey(webhookSecret) === undefined) {
    throw new UsageError('NEWCOMER_WEBHOOK_SECRET must have the form whsec_<base64>')
  }
  if (webhookSecret === undefined && json) {
    throw new UsageError('With --json set NEWCOMER_WEBHOOK_SECRET: a fresh one would not be shown')
  }
  const secret = webhookSecret ?? `whsec_${randomBytes(32).toString('base64')}`
  return { url: forwardTo, secret, isFresh: webhookSecret === undefined }
}

function tellBeginning(
  { terminal }: Context,
  receiver: (Receiver & { isFresh: boolean }) | undefined,
): void {
  terminal.say("Listening to your organization's events. ^C ends it.")
  if (!receiver) return
  const secret = receiver.isFresh
    ? `a secret for this run: ${receiver.secret}\nTo keep one, set NEWCOMER_WEBHOOK_SECRET.`
    : 'NEWCOMER_WEBHOOK_SECRET.'
  terminal.say(`Forwarding to ${visible(receiver.url)}, signed with ${secret}`)
}

function showEvent(
  { terminal }: Context,
  event: SingleEvent,
  { printBodies }: ListenOptions,
): void {
  terminal.print(`${timeOfDay()}  --> ${describeEvent(event)}  [${visible(event.id)}]`)
  // JSON leaves nothing in it that would steer a terminal, but for these.
  if (printBodies) terminal.print(escaped(JSON.stringify(event, undefined, 2)))
}

function escaped(json: string): string {
  return json.replaceAll(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

function showForwarded({ terminal }: Context, event: SingleEvent, forwarded: Forwarded): void {
  const { status, duration_ms: ms, error, answer } = forwarded
  const said = answer === null ? '' : `: ${answer}`
  const outcome =
    error === null ? `${status} in ${ms} ms${said}` : `FAILED after ${ms} ms: ${error}`
  const line = `${timeOfDay()}  <-- ${outcome}  [${visible(event.id)}]`
  const isRed = terminal.hasColor && !isSuccess(forwarded)
  terminal.print(isRed ? `\u001b[31m${line}\u001b[0m` : line)
}

function isSuccess({ status }: Forwarded): boolean {
  return status !== null && status >= 200 && status < 300
}

function summaryOf({ heard, failed }: { heard: number; failed: number }, receiver?: Receiver) {
  const all = counted(heard, 'event')
  return receiver ? `${all}: ${heard - failed} acknowledged, ${failed} not.` : `${all}.`
}

function timeOfDay(): string {
  return new Date().toISOString().slice(11, 19)
}
