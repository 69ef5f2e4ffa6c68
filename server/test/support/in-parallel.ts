/** Works on all items, so many at a time: more connections at once than a backlog holds are reset. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
  width = 16,
): Promise<void> {
  let next = 0
  const workOn = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) await work(items[index]!)
  }
  await Promise.all(Array.from({ length: width }, workOn))
}
