import { invalidField } from '../kernel/problem.ts'
import { CURRENCY_DECIMALS, findCurrencyFault } from './currency.ts'

const DECIMAL = /^(-?)(\d{1,16})(?:\.(\d{1,8}))?$/

/** An ISO 4217 code in upper case; accepted in any case. A 400 says why another isn't taken. */
export function parseCurrency(text: string, field = 'currency'): string {
  const currency = text.toUpperCase()
  const fault = findCurrencyFault(currency)
  if (fault !== undefined) throw invalidField(field, `${field} ${fault}`)
  return currency
}

/**
 * How many decimal places the currency's smallest unit has: 2 for USD, 0 for JPY, 3 for KWD. What was
 * stored in a currency before ISO 4217 withdrew it is shown with two, as nearly all had.
 */
export function minorDigits(currency: string): number {
  return CURRENCY_DECIMALS.get(currency) ?? 2
}

/** An amount in the currency's smallest unit, as it must come when it isn't decimal. */
export function parseMinor(value: number | string, field: string): number {
  if (typeof value === 'string' || !Number.isSafeInteger(value)) {
    throw invalidField(
      field,
      `${field} must be an integer in the currency's smallest unit; set total_as_decimal to send decimals`,
    )
  }
  return value
}

/** An amount in major units, "12.34" or 12.34, as an integer of the currency's smallest unit. */
export function parseDecimal(value: number | string, currency: string, field: string): number {
  const digits = minorDigits(currency)
  const [, sign, whole = '', fraction = ''] = DECIMAL.exec(String(value)) ?? []
  if (sign === undefined) throw invalidField(field, `${field} must be a decimal such as 12.34`)
  if (/[1-9]/.test(fraction.slice(digits))) {
    throw invalidField(field, `${field} has more than the ${digits} decimal places of ${currency}`)
  }
  const amount = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  if (!Number.isSafeInteger(amount)) throw invalidField(field, `${field} is too large`)
  return sign === '-' && amount !== 0 ? -amount : amount
}
