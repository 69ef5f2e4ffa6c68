import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A message as the server got it. */
export interface Mail {
  from: string
  to: string
  /** Headers and text. */
  text: string
}

export interface MailServer {
  /** `smtp://…` */
  url: string
  /** In the order of their arrival. */
  mails: Mail[]
  /** Every line that was said to it. */
  heard: string[]
  /** What it does from now on: take mails, refuse every recipient, or fall silent after its greeting. */
  become(mood: Mood): void
  /** How many connections there were. */
  connections(): number
  close(): Promise<void>
}

export type Mood = 'willing' | 'refusing' | 'hanging'

/** An SMTP server on 127.0.0.1: the few commands that sending a mail takes. */
export async function startMailServer(): Promise<MailServer> {
  const mails: Mail[] = []
  const heard: string[] = []
  const sockets = new Set<Socket>()
  let mood: Mood = 'willing'
  let connections = 0

  function talk(socket: Socket): void {
    const mail: Mail = { from: '', to: '', text: '' }
    let text: string | undefined
    let rest = ''
    const say = (line: string) => socket.write(`${line}\r\n`)

    function hear(line: string): void {
      heard.push(line)
      if (mood === 'hanging') return
      if (text !== undefined) {
        if (line !== '.') return void (text += `${line}\n`)
        mails.push({ ...mail, text })
        text = undefined
        return void say('250 taken')
      }
      const [verb = ''] = line.toUpperCase().split(/[ :]/)
      const address = /<(.*?)>/.exec(line)?.[1] ?? ''
      if (verb === 'MAIL') mail.from = address
      if (verb === 'RCPT') mail.to = address
      if (verb === 'RCPT' && mood === 'refusing')
        return void say(`550 <${address}> is unknown here`)
      if (verb === 'STARTTLS') return void say('502 not here')
      if (verb === 'DATA') text = ''
      if (verb === 'QUIT') return void socket.end('221 bye\r\n')
      say(verb === 'DATA' ? '354 go on' : '250 yes')
    }

    say('220 mail.example')
    socket.on('data', (bytes) => {
      const lines = (rest + bytes.toString('utf8')).split('\r\n')
      rest = lines.pop() ?? ''
      lines.forEach(hear)
    })
  }

  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    talk(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    heard,
    become(next) {
      mood = next
    },
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
