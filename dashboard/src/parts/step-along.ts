/** Where a key leads along a row of `last + 1` places; undefined for other keys. The first arrow leads to its end. */
export function stepAlong(
  key: string,
  { at, last }: { at: number | undefined; last: number },
): number | undefined {
  const from = at ?? last
  const targets = new Map([
    ['ArrowLeft', from - 1],
    ['ArrowUp', from - 1],
    ['ArrowRight', from + 1],
    ['ArrowDown', from + 1],
    ['PageUp', from + 12],
    ['PageDown', from - 12],
    ['Home', 0],
    ['End', last],
  ])
  const target = targets.get(key)
  if (target === undefined) return undefined
  if (at === undefined && key.startsWith('Arrow')) return last
  return Math.max(0, Math.min(last, target))
}
