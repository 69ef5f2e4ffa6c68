import { randomFillSync } from 'node:crypto'

// One call for many values: a system call for each shows in the profile of a busy server.
const POOL_BYTES = 8_192
const pool = Buffer.alloc(POOL_BYTES)
let used = POOL_BYTES

/** Bytes from the system's CSPRNG, each given out once; at most 8,192. */
export function takeRandom(bytes: number): Buffer {
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return Buffer.from(pool.subarray(used - bytes, used))
}
