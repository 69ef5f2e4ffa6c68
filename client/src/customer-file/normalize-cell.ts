/** What was normalised or noticed in a cell. The codes are those of the server's report. */
export type Mark =
  | 'blanks-around'
  | 'invisible-characters'
  | 'quotes-around'
  | 'formula-around'
  | 'leading-apostrophe'
  | 'hash-upper-case'
  | 'hash-prefix'
  | 'hash-separators'
  | 'hash-base64'
  | 'email-as-id'
  | 'id-placeholder'
  | 'id-scientific'
  | 'id-decimals'
  | 'id-thousands'
  | 'id-marked'

/** Told of each mark as it is found. */
export interface Marks {
  push(mark: Mark): void
}

const QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['\u201c', '\u201d'],
  ['\u201e', '\u201c'],
  ['\u201d', '\u201d'],
  ['\u2018', '\u2019'],
  ['\u2019', '\u2019'],
  ['\u00ab', '\u00bb'],
])
// What is wrapped more often than that was not wrapped by mistake.
const MOST_LAYERS = 4

/** A cell without what was wrapped around its value. */
export function unwrapCell(cell: string, marks: Marks): string {
  let value = cutBlanks(cell, marks)
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const inner = unwrapLayer(value, marks)
    if (inner === value) break
    value = cutBlanks(inner, marks)
  }
  return value
}

function unwrapLayer(value: string, marks: Marks): string {
  if (value.length >= 2 && QUOTES.get(value.charAt(0)) === value.at(-1)) {
    marks.push('quotes-around')
    return value.slice(1, -1)
  }
  if (/^'(?:[=+@\t\r-]|\d[^']*$)/.test(value)) {
    marks.push('leading-apostrophe')
    return value.slice(1)
  }
  if (value.startsWith('="') && value.endsWith('"') && value.length > 2) {
    marks.push('formula-around')
    return value.slice(2, -1)
  }
  return value
}

/** From both ends and by hand: a pattern for the end would try at every blank in between. */
function cutBlanks(text: string, marks: Marks): string {
  let start = 0
  let end = text.length
  let isInvisible = false
  for (; start < end && isBlank(text.charCodeAt(start)); start += 1) {
    isInvisible ||= text.charCodeAt(start) > 0x20
  }
  for (; end > start && isBlank(text.charCodeAt(end - 1)); end -= 1) {
    isInvisible ||= text.charCodeAt(end - 1) > 0x20
  }
  if (start === 0 && end === text.length) return text
  marks.push(isInvisible ? 'invisible-characters' : 'blanks-around')
  return text.slice(start, end)
}

/** White space of Unicode, and what takes no space at all: joiners, marks of direction, BOMs. */
function isBlank(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d)
  if (code < 0x85) return false
  if (code <= 0xad) return code === 0x85 || code === 0xa0 || code === 0xad
  if (code < 0x1680) return false
  if (code >= 0x2000 && code <= 0x206f) {
    return code <= 0x200f || (code >= 0x2028 && code <= 0x202f) || code >= 0x205f
  }
  return code === 0x1680 || code === 0x180e || code === 0x3000 || code === 0xfeff
}

const EMPTY = new Set(
  ['null', '(null)', '<null>', 'none', '(none)', 'nil', 'n/a', '#n/a', 'na', '<na>', 'n.a.'].concat(
    ['nan', 'undefined', '\\n', '-', '--', 'empty', '(empty)', '(blank)'],
  ),
)

/** Whether a value is a word for nothing. */
export function isEmptyMarker(value: string): boolean {
  return value.length <= 9 && EMPTY.has(value.toLowerCase())
}
