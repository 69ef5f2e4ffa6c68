/** Numbers that look random and are the same for the same seed. */
export interface Dice {
  /** From 0 to 1, without 1. */
  next(): number
  /** From 0 to `below`, without it. */
  whole(below: number): number
  chance(share: number): boolean
}

/** Park and Miller's generator: enough for test data, and a line long. */
export function createDice(seed: number): Dice {
  let state = (seed % 2_147_483_646) + 1
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647
    return (state - 1) / 2_147_483_646
  }
  const whole = (below: number): number => Math.floor(next() * below)
  return {
    next,
    whole,
    chance: (share) => next() < share,
  }
}
