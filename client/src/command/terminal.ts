import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'

/** What the command is given of the outside world. */
export interface Streams {
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
}

export interface TerminalOptions {
  /** Never shown, wherever it comes from. */
  apiKey: string
  /** The result is for a program: what is for people goes to a terminal or nowhere. */
  isJson: boolean
  /** The user asked for none, with NO_COLOR. */
  noColor: boolean
}

export interface Terminal {
  /** Whether somebody can be asked. */
  canAsk: boolean
  /** Whether a line can be drawn over. */
  hasBars: boolean
  hasColor: boolean
  columns: number
  /** What was asked for: reports, counts. */
  print(text: string): void
  /** What a program reads. */
  printJson(value: unknown): void
  /** A piece of a file, as it is; waits until it is taken. */
  printRaw(text: string): Promise<void>
  /** What happens on the way. */
  say(text: string): void
  /** What went wrong. */
  complain(text: string): void
  /** Draws over the last line; anything else printed takes its place. */
  draw(line: (width: number) => string): void
  ask(question: string): Promise<boolean>
}

export function openTerminal(streams: Streams, options: TerminalOptions): Terminal {
  const { stdin, stdout, stderr } = streams
  let hasLine = false
  const basic = options.apiKey === '' ? '' : btoa(`${options.apiKey}:`)

  function write(stream: NodeJS.WriteStream, text: string): void {
    const secrets = [options.apiKey, basic].filter((secret) => secret !== '')
    const clean = secrets.reduce((left, secret) => left.replaceAll(secret, '[api key]'), text)
    if (hasLine) stderr.write('\r\u001b[K')
    hasLine = false
    stream.write(clean)
  }

  const forPeople = options.isJson ? stderr : stdout
  const isSilent = options.isJson && !stderr.isTTY
  return {
    canAsk: stdin.isTTY && stderr.isTTY,
    hasBars: stderr.isTTY,
    hasColor: forPeople.isTTY && !options.noColor,
    columns: Math.min(Math.max((forPeople.isTTY ? forPeople.columns : 0) || 80, 40), 100),
    print(text) {
      if (!isSilent) write(forPeople, `${text}\n`)
    },
    printJson: (value) => write(stdout, `${JSON.stringify(value, undefined, 2)}\n`),
    async printRaw(text) {
      if (!stdout.write(text)) await once(stdout, 'drain')
    },
    say(text) {
      if (!isSilent) write(stderr, `${text}\n`)
    },
    complain: (text) => write(stderr, `${text}\n`),
    draw(line) {
      if (!stderr.isTTY) return
      const width = (stderr.columns || 80) - 1
      stderr.write(`\r\u001b[K${line(width).slice(0, width)}`)
      hasLine = true
    },
    async ask(question) {
      write(stderr, '')
      const lines = createInterface({ input: stdin, output: stderr })
      // In a question the terminal does not turn ^C into a signal by itself.
      lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
      const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
      const answer = await Promise.race([lines.question(question), closed])
      lines.close()
      return /^y(es)?$/i.test(answer.trim())
    },
  }
}
