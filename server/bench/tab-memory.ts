import { readFile } from 'node:fs/promises'
import type { Browser, CDPSession } from 'playwright-core'

/** The most that a tab had at any look, in megabytes. */
export interface TabMemory {
  /** JavaScript's own, with the bytes of its buffers. */
  pageHeapMb: number
  workerHeapMb: number
  /** What the tab's process occupied with its workers, and what it did before. */
  processMb: number
  emptyProcessMb: number
}

export interface WatchedMemory {
  read(): TabMemory
  stop(): void
}

const LOOK_EVERY_MS = 250
const MB = 2 ** 20

interface HeapUsage {
  usedSize: number
  backingStorageSize?: number
}

/** Looks at the tab of the session a few times a second. It is the browser's only one. */
export async function watchTabMemory(browser: Browser, tab: CDPSession): Promise<WatchedMemory> {
  const ofBrowser = await browser.newBrowserCDPSession()
  const workers = await followWorkers(tab)
  const emptyProcessMb = await readProcessMb(ofBrowser)
  const most = { pageHeapMb: 0, workerHeapMb: 0, processMb: emptyProcessMb, emptyProcessMb }
  const raise = (name: keyof TabMemory, mb: number): void => {
    most[name] = Math.max(most[name], mb)
  }
  const looks: (() => Promise<void>)[] = [
    async () => raise('processMb', await readProcessMb(ofBrowser)),
    async () => raise('pageHeapMb', toMb(await tab.send('Runtime.getHeapUsage'))),
    async () => raise('workerHeapMb', toMb(...(await workers.ask()))),
  ]
  // A page that goes, and a worker that ends, answer no more.
  const timer = setInterval(() => {
    for (const look of looks) look().catch(() => undefined)
  }, LOOK_EVERY_MS)
  return { read: () => ({ ...most }), stop: () => clearInterval(timer) }
}

function toMb(...usages: HeapUsage[]): number {
  const bytes = usages.map(({ usedSize, backingStorageSize = 0 }) => usedSize + backingStorageSize)
  return bytes.reduce((sum, each) => sum + each, 0) / MB
}

/** The tab's workers, each of which is asked through a session of its own within the tab's. */
async function followWorkers(tab: CDPSession) {
  const sessions = new Set<string>()
  const waiting = new Map<number, (usage: HeapUsage) => void>()
  let last = 0
  tab.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    if (targetInfo.type === 'worker') sessions.add(sessionId)
  })
  tab.on('Target.detachedFromTarget', ({ sessionId }) => void sessions.delete(sessionId))
  tab.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message) as { id?: number; result?: HeapUsage }
    if (id === undefined) return
    if (result) waiting.get(id)?.(result)
    waiting.delete(id)
  })
  await tab.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  })
  const askOne = (sessionId: string): Promise<HeapUsage> =>
    new Promise((resolve, reject) => {
      last += 1
      waiting.set(last, resolve)
      const message = JSON.stringify({ id: last, method: 'Runtime.getHeapUsage' })
      tab.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject)
    })
  return { ask: () => Promise.all([...sessions].map(askOne)) }
}

async function readProcessMb(ofBrowser: CDPSession): Promise<number> {
  const { processInfo } = await ofBrowser.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  const sizes = await Promise.all(renderers.map(({ id }) => readRssMb(id)))
  return sizes.reduce((sum, each) => sum + each, 0)
}

async function readRssMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024
}
