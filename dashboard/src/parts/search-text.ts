/** What an address says, typed by hand or not: what it can't mean is left out. */
export function readSearch(search: Record<string, unknown>) {
  // The router reads "123" of an address as a number.
  const text = (name: string): string | undefined => {
    const value = search[name]
    if (typeof value === 'number') return String(value)
    return typeof value === 'string' && value !== '' ? value.slice(0, 2_000) : undefined
  }
  return {
    text,
    oneOf: <T extends string>(name: string, all: readonly T[]): T | undefined =>
      all.find((each) => each === search[name]),
    date: (name: string): string | undefined => {
      const value = text(name)
      return value === undefined || Number.isNaN(Date.parse(value)) ? undefined : value
    },
  }
}

/** Whether anything is asked for. */
export function isNarrowed(filters: object): boolean {
  return Object.values(filters).some((value) => value !== undefined)
}
