import { unavailable } from '../kernel/problem.ts'

export interface PlacesOptions {
  /** So many at once. */
  most: number
  /** So many of one and the same, whom the others must not have to wait for. */
  mostOfOne: number
  longestWaitMs: number
  longestLine: number
}

/** Lets only some in at a time; whoever else comes waits in line. */
export interface Places {
  /** Resolves once there is a place, with what to call on leaving it; a 503 if that takes too long. */
  take(owner: number): Promise<() => void>
}

interface Waiting {
  owner: number
  enter(): void
}

export function createPlaces(options: PlacesOptions): Places {
  const { most, mostOfOne, longestWaitMs, longestLine } = options
  const inside: number[] = []
  const line: Waiting[] = []
  const hasPlace = (owner: number): boolean =>
    inside.length < most && inside.filter((each) => each === owner).length < mostOfOne

  function enter(owner: number): () => void {
    inside.push(owner)
    return () => {
      inside.splice(inside.indexOf(owner), 1)
      const next = line.find((waiting) => hasPlace(waiting.owner))
      next?.enter()
    }
  }

  return {
    async take(owner) {
      // Nobody in the line could have this place: whoever can is let in when one becomes free.
      if (hasPlace(owner)) return enter(owner)
      if (line.length >= longestLine) throw full()
      return new Promise((resolve, reject) => {
        const leaveLine = (): void => {
          clearTimeout(timer)
          line.splice(line.indexOf(waiting), 1)
        }
        const waiting: Waiting = {
          owner,
          enter() {
            leaveLine()
            resolve(enter(owner))
          },
        }
        const timer = setTimeout(() => {
          leaveLine()
          reject(full())
        }, longestWaitMs)
        line.push(waiting)
      })
    },
  }
}

function full(): Error {
  return unavailable('Too many files are coming in; the same call later is safe.')
}
