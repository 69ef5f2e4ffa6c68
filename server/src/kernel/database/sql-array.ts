/**
 * Arrays as PostgreSQL reads them, for sets of thousands: the driver would look at each element for what
 * might have to be escaped. What is written here never has to be.
 */
export function uuidArray(uuids: readonly (string | null)[]): string {
  return `{${uuids.map((uuid) => uuid ?? 'null').join(',')}}`
}

/** Our own ids and words, of letters, digits, `-` and `_` only; `null` is none of them. */
export function wordArray(words: readonly (string | null)[]): string {
  return uuidArray(words)
}

export function numberArray(numbers: readonly (number | null)[]): string {
  return `{${numbers.map((number) => number ?? 'null').join(',')}}`
}

export function booleanArray(values: readonly boolean[]): string {
  return `{${values.join(',')}}`
}

export function dateArray(dates: readonly (Date | null)[]): string {
  // Of a set most dates are one and the same object; writing one out takes longer than all the rest.
  let last: Date | null = null
  let text = 'null'
  const written = dates.map((date) => {
    if (date !== last) text = date?.toISOString() ?? 'null'
    last = date
    return text
  })
  return `{${written.join(',')}}`
}

export function bytesArray(blobs: readonly (Uint8Array | null)[]): string {
  const written = blobs.map((blob) =>
    blob === null
      ? 'null'
      : `"\\\\x${Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength).toString('hex')}"`,
  )
  return `{${written.join(',')}}`
}

/** A text array whose elements are arrays of uuids: those of an array of arrays must all be as long. */
export function uuidListArray(lists: readonly (readonly string[])[]): string {
  return `{${lists.map((list) => `"{${list.join(',')}}"`).join(',')}}`
}
