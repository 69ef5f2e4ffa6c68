const whole = new Intl.NumberFormat('en')
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

export function sayCount(count: number): string {
  return whole.format(count)
}

/** "1 move", "2 moves". */
export function sayCounted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${sayCount(count)} ${what}s`
}

/** "12.5%"; "–" of nothing. */
export function sayShare(part: number, all: number): string {
  return all === 0 ? '–' : percent.format(part / all)
}

/** "up 50%", "down 3%", "as before": how a number stands to what it was. */
export function sayChange(now: number, before: number): string {
  if (now === before) return 'as before'
  if (before === 0) return 'none before'
  const share = percent.format(Math.abs(now - before) / Math.abs(before))
  return now > before ? `up ${share}` : `down ${share}`
}
