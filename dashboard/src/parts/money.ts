const formats = new Map<string, Intl.NumberFormat>()

function formatOf(currency: string): Intl.NumberFormat {
  const known = formats.get(currency)
  if (known) return known
  const made = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' })
  formats.set(currency, made)
  return made
}

/** "USD 22.99" of 2299: an amount of the currency's smallest unit, with all its decimals and none lost. */
export function sayMoney(minor: number, currency: string): string {
  const format = formatOf(currency)
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  const decimals = digits === 0 ? '' : `.${text.slice(-digits)}`
  // As text: a number of this size may have more digits than a float that was divided.
  const decimal = `${minor < 0 ? '-' : ''}${whole}${decimals}` as Intl.StringNumericLiteral
  return format.format(decimal).replaceAll('\u00a0', ' ')
}

/** "2.5 %" or "USD 5.00 an order": what a rate pays. */
export function sayRate(rate: {
  percent?: string | number | undefined
  fixed?: number | undefined
  currency?: string | undefined
}): string {
  if (rate.percent !== undefined) return `${rate.percent} %`
  return `${sayMoney(rate.fixed ?? 0, rate.currency ?? 'USD')} an order`
}
