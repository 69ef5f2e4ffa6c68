import { Problem } from '../kernel/problem.ts'

export interface LeastRate {
  /** What has to come … */
  bytes: number
  /** … in so much time that is spent waiting for it, ms. */
  windowMs: number
}

// 1 KiB a second: slower than any line, and a slot is wanted by others. The client ends a call by itself when
// nothing comes for 20 seconds, which is sooner.
export const LEAST_RATE: LeastRate = { bytes: 25 * 1024, windowMs: 25_000 }

/**
 * The body, as long as it comes at that rate at least; else throws a 408. Only waiting counts: what is read
 * slowly here is nobody's fault.
 */
export async function* atLeastRate(
  body: AsyncIterator<Buffer>,
  { bytes: least, windowMs }: LeastRate,
  now: () => number = () => performance.now(),
): AsyncGenerator<Buffer, void> {
  let waitedMs = 0
  let bytes = 0
  try {
    for (;;) {
      const began = now()
      const next = await inTime(body.next(), windowMs - waitedMs)
      waitedMs += now() - began
      if (next.done === true) return
      bytes += next.value.length
      if (bytes >= least) waitedMs = bytes = 0
      else if (waitedMs >= windowMs) throw tooSlow()
      yield next.value
    }
  } finally {
    // A reader that wants no more lets the rest be passed over, which may never come. Behind a piece that does not
    // come this would wait for ever.
    void body.return?.().catch(() => undefined)
  }
}

async function inTime<T>(coming: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooSlow()), Math.max(ms, 0))
  })
  // Once it is late nobody waits for it any more.
  coming.catch(() => undefined)
  try {
    return await Promise.race([coming, late])
  } finally {
    clearTimeout(timer)
  }
}

function tooSlow(): Problem {
  return new Problem(
    408,
    'RequestTimeout',
    'The file comes too slowly, and others wait. What came is kept: go on from `received_bytes` of the import.',
  )
}
