export interface StandIn<T> {
  /** Reads from what was given last; before that, reading is an error that says so. */
  object: Readonly<T>
  give(object: T): void
  /** What was given, which is the stand-in's no longer; undefined when nothing was. */
  take(): T | undefined
}

/** Stands for what a hook of the tests will make, so that tests can name it before it is there. */
export function createStandIn<T extends object>(name: string): StandIn<T> {
  let its: T | undefined
  function here(): T {
    if (its === undefined) throw new Error(`The ${name} is there in tests and hooks only`)
    return its
  }
  const object = new Proxy({} as T, {
    get: (_, property) => Reflect.get(here(), property) as unknown,
    set: () => false,
    ownKeys: () => Reflect.ownKeys(here()),
    getOwnPropertyDescriptor: (_, property) => Reflect.getOwnPropertyDescriptor(here(), property),
  })
  return {
    object,
    give(given) {
      its = given
    },
    take() {
      const taken = its
      its = undefined
      return taken
    },
  }
}
