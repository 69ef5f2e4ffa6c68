// Enough to recognise one's own field by; a name made to be long is cut.
const LONGEST_NAME = 64

/** Where a value stands in a body, as its sender would write it: `line_items[0].total`. */
export function fieldPath(steps: readonly (string | number)[]): string {
  let path = ''
  for (const step of steps) {
    if (typeof step === 'number') path += `[${step}]`
    else path += path === '' ? printable(step) : `.${printable(step)}`
  }
  return path === '' ? 'body' : path
}

/** A property's name, safe to show: cut, and without anything that is not printable ASCII. */
export function printable(name: string): string {
  const short = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name
  return short.replace(/[^\x20-\x7e…]/g, '?')
}
