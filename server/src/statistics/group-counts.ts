/** Adds up what is alike in the dimensions that are asked for, in the order in which it first occurs. */
export function groupCounts<T extends object, D extends keyof T, N extends keyof T>(
  counts: Iterable<T>,
  dimensions: readonly D[],
  numbers: readonly N[],
): (Pick<T, D> & Record<N, number>)[] {
  const groups = new Map<string, Pick<T, D> & Record<N, number>>()
  for (const count of counts) {
    const key = JSON.stringify(dimensions.map((name) => count[name]))
    const group = groups.get(key) ?? begin(count, dimensions, numbers)
    groups.set(key, group)
    const sums: Record<N, number> = group
    for (const name of numbers) sums[name] += Number(count[name])
  }
  return [...groups.values()]
}

function begin<T extends object, D extends keyof T, N extends keyof T>(
  count: T,
  dimensions: readonly D[],
  numbers: readonly N[],
): Pick<T, D> & Record<N, number> {
  const its = dimensions.map((name) => [name, count[name]])
  const sums = numbers.map((name) => [name, 0])
  return Object.fromEntries([...its, ...sums]) as Pick<T, D> & Record<N, number>
}
