import { looksLikeAddress } from './address-text.ts'
import { isEmptyMarker, unwrapCell } from './normalize-cell.ts'
import type { Marks } from './normalize-cell.ts'

export const LONGEST_ID = 255

export type IdFault = 'id-empty' | 'id-characters' | 'id-too-long'

/** A customer's id as it is to be taken, or why a cell is none. */
export function parseId(cell: string, marks: Marks): { id: string } | { fault: IdFault } {
  const text = unwrapCell(cell, marks)
  if (text === '') return { fault: 'id-empty' }
  if (!/^[!-~]+$/.test(text)) return { fault: 'id-characters' }
  if (text.length > LONGEST_ID) return { fault: 'id-too-long' }
  const id = normalizeNumber(text, marks)
  if (looksLikeAddress(id)) marks.push('email-as-id')
  if (isIdPlaceholder(id)) marks.push('id-placeholder')
  if (isScientific(id)) marks.push('id-scientific')
  return { id }
}

/** Whether an id is a word for nothing, or a spreadsheet's word for an error. */
export function isIdPlaceholder(id: string): boolean {
  return isEmptyMarker(id) || /^#(?:#+|REF!|VALUE!|NAME\?|NULL!|DIV\/0!|NUM!)$/i.test(id)
}

/** Digits are lost: 1.23E+15, and whole numbers beyond 2^53 that went through a float. */
function isScientific(id: string): boolean {
  if (/^\d(?:[.,]\d+)?e\+\d+$/i.test(id)) return true
  return /^\d{16,}[.,]0+$/.test(id) && Number(id.replace(/[.,]0+$/, '')) > Number.MAX_SAFE_INTEGER
}

/**
 * A number that a tool wrote in its own way. What is certain is undone: the decimals of a whole
 * number (1234567.0) and more than one mark of thousands (1,234,567). Other marks are warned of.
 */
function normalizeNumber(text: string, marks: Marks): string {
  if (!/^['\d]/.test(text)) return text
  const whole = /^(0|[1-9]\d{0,15})\.0+$/.exec(text)?.[1]
  if (whole !== undefined && Number(whole) <= Number.MAX_SAFE_INTEGER) {
    marks.push('id-decimals')
    return whole
  }
  if (/^[1-9]\d{0,2}(?:,\d{3}){2,}(?:\.0+)?$/.test(text)) {
    marks.push('id-thousands')
    return text.replace(/\.0+$/, '').replaceAll(',', '')
  }
  const isMarked = /^'|^\d+,0+$|^[1-9]\d{0,2}(?:,\d{3}|(?:\.\d{3}){2,}|(?:'\d{3})+)$/.test(text)
  if (isMarked) marks.push('id-marked')
  return text
}
