/** What a receiver answers, and until when it asks to be left alone. Times are in ms. */
export interface Said {
  status: number
  askedUntil?: number
}

export interface ModelParts {
  batchSize: number
  /** From 0 to 1: how far each wait strays, from a tenth less to a tenth more. */
  jitter: number
  /** What the receiver says to this customer's event at this time. */
  answer(customer: number, sequence: number, at: number): Said
}

/** When an endpoint's events must be attempted, by the words of the wire reference alone. */
export interface Model {
  readonly isPaused: boolean
  happen(customer: number, sequence: number, at: number): void
  pause(): void
  resume(at: number): void
  /** When something is to be attempted next; Infinity when nothing is. */
  nextAt(): number
  /** What is attempted at this time: customer and sequence of each, as often as it is sent. */
  attemptsAt(at: number): [customer: number, sequence: number][]
}

interface Line {
  customer: number
  /** Sequences of what waits. */
  waiting: number[]
  dueAt: number
  failures: number
  firstFailedAt: number
}

const SECOND = 1_000
const HOUR = 3_600 * SECOND

/** "10 s doubling for the first hour, then hourly, each with jitter." */
function plannedWait({ failures, firstFailedAt }: Line, at: number, jitter: number): number {
  let seconds = 10
  for (let doubled = 1; doubled < failures && seconds < 3_600; doubled++) seconds *= 2
  if (at >= firstFailedAt + HOUR || seconds > 3_600) seconds = 3_600
  const tenth = seconds / 10
  return Math.round((seconds - tenth + 2 * tenth * jitter) * SECOND)
}

function isOver(line: Line): void {
  line.failures = 0
  line.firstFailedAt = Infinity
}

interface Asked {
  askedUntil?: number | undefined
  jitter: number
}

/** "For 72 h after its own first failure. Retry-After is honoured up to an hour." */
function fail(line: Line, at: number, { askedUntil = at, jitter }: Asked): void {
  line.firstFailedAt = Math.min(line.firstFailedAt, at)
  line.failures++
  const end = line.firstFailedAt + 72 * HOUR
  if (at >= end) {
    line.waiting.shift()
    isOver(line)
    return
  }
  const asked = Math.min(askedUntil, at + HOUR)
  line.dueAt = Math.min(Math.max(at + plannedWait(line, at, jitter), asked), end)
}

export function createModel({ batchSize, jitter, answer }: ModelParts): Model {
  const lines = new Map<number, Line>()
  const firstAttempts = new Map<string, number>()
  let isPaused = false
  let resumedAt = -Infinity

  function attempt(line: Line, at: number): [number, number][] {
    const sent = line.waiting.slice(0, batchSize)
    const [first = 0] = sent
    const key = `${line.customer} ${first}`
    firstAttempts.set(key, firstAttempts.get(key) ?? at)
    const said = answer(line.customer, first, at)
    if (said.status < 300 || said.status === 400) {
      line.waiting.splice(0, sent.length)
      isOver(line)
    } else fail(line, at, { askedUntil: said.askedUntil, jitter })
    return sent.map((sequence) => [line.customer, sequence])
  }

  /** "When more than 10 % and at least 5 of the events first attempted in the last hour failed." */
  function pauseAfter(at: number): void {
    const since = Math.max(at - HOUR, resumedAt)
    const total = [...firstAttempts.values()].filter((first) => first > since).length
    const failing = [...lines.values()].filter(
      ({ failures, firstFailedAt }) => failures > 0 && firstFailedAt > since,
    ).length
    if (failing >= 5 && failing * 10 > total) isPaused = true
  }

  return {
    get isPaused() {
      return isPaused
    },
    happen(customer, sequence, at) {
      const known = lines.get(customer)
      const line = known ?? {
        customer,
        waiting: [],
        dueAt: at,
        failures: 0,
        firstFailedAt: Infinity,
      }
      if (line.waiting.length === 0) line.dueAt = at
      line.waiting.push(sequence)
      lines.set(customer, line)
    },
    pause() {
      isPaused = true
    },
    resume(at) {
      isPaused = false
      resumedAt = at
      for (const line of lines.values()) if (line.failures > 0) line.dueAt = at
    },
    nextAt() {
      if (isPaused) return Infinity
      const waiting = [...lines.values()].filter((line) => line.waiting.length > 0)
      return Math.min(Infinity, ...waiting.map((line) => line.dueAt))
    },
    attemptsAt(at) {
      if (isPaused) return []
      const made: [number, number][] = []
      for (const line of lines.values()) {
        while (line.waiting.length > 0 && line.dueAt <= at) made.push(...attempt(line, at))
      }
      pauseAfter(at)
      return made
    },
  }
}
