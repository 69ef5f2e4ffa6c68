import { setMaxListeners } from 'node:events'
import { connect } from 'node:net'
import type { LookupFunction, Socket } from 'node:net'
import { buildConnector } from 'undici'
import type { TargetRule } from './target-rule.ts'
import type { ResolveName } from './resolve-name.ts'

export interface ConnectParts {
  targetRule: TargetRule
  resolveName: ResolveName
  /** For the name and the connection, and for TLS as much again; an attempt may end before. */
  timeoutMs: number
  /** Aborted when connections that are being made are to be given up. */
  closing: AbortSignal
}

type Connect = buildConnector.connector
type Done = buildConnector.Callback

// As undici sets them on its own connections.
const SOCKET = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }

/**
 * SSRF guard with DNS pinning: connects only to addresses that pass the rule. It resolves the name once,
 * checks all of its addresses, and connects to one of these, so that DNS rebinding gains nothing. A
 * connection that is kept alive stays with its address; the next one resolves the name again.
 */
export function createConnect({
  targetRule,
  resolveName,
  timeoutMs,
  closing,
}: ConnectParts): Connect {
  // Each connection listens to it while it is being made.
  setMaxListeners(0, closing)
  // Said, since a variable of the environment can turn the default off.
  const startTls = buildConnector({ rejectUnauthorized: true, allowH2: false, timeout: timeoutMs })
  return (options, callback) => {
    const isTls = options.protocol === 'https:'
    const done = onlyOnce(callback)
    const socket = connect({
      ...SOCKET,
      host: options.hostname,
      port: Number(options.port || (isTls ? 443 : 80)),
      lookup: createCheckedLookup({
        targetRule,
        resolveName,
        fail: (error) => socket.destroy(error),
      }),
      autoSelectFamily: true,
      signal: closing,
    })
    const timer = setTimeout(() => socket.destroy(timedOut()), timeoutMs)
    socket.once('close', () => clearTimeout(timer))
    socket.on('error', (error) => done(error, null))
    socket.once('connect', () => {
      clearTimeout(timer)
      try {
        const fault = findFault(socket, targetRule)
        if (fault) socket.destroy(fault)
        else if (isTls) startTls({ ...options, httpSocket: socket }, done)
        else done(null, socket)
      } catch (error) {
        socket.destroy(error as Error)
      }
    })
  }
}

/** Checks the address that the socket is really connected to, before a byte is sent. */
function findFault({ remoteAddress }: Socket, { mayConnect }: TargetRule): Error | undefined {
  if (remoteAddress === undefined) return withCode('the connection is gone already', 'ECONNRESET')
  return mayConnect(remoteAddress) ? undefined : forbidden()
}

interface CheckedLookupParts {
  targetRule: TargetRule
  resolveName: ResolveName
  /** Called with what Node itself throws over the answer in this callback, where nobody would catch it. */
  fail(error: Error): void
}

/** One forbidden address is enough to refuse the name: who answers so is not to be trusted. */
function createCheckedLookup({
  targetRule,
  resolveName,
  fail,
}: CheckedLookupParts): LookupFunction {
  return (name, _options, callback) => {
    resolveName(name)
      .then(
        (addresses) => {
          const areAllowed = addresses.every(({ address }) => targetRule.mayConnect(address))
          if (areAllowed) callback(null, addresses)
          else callback(forbidden(), [])
        },
        (error: NodeJS.ErrnoException) => callback(error, []),
      )
      .catch(fail)
  }
}

function onlyOnce(callback: Done): Done {
  let isDone = false
  return (...result) => {
    if (isDone) return
    isDone = true
    callback(...result)
  }
}

function forbidden(): Error {
  return withCode('the target leads to an address that must not be reached', 'FORBIDDEN')
}

function timedOut(): Error {
  return withCode('no connection in time', 'ETIMEDOUT')
}

function withCode(message: string, code: string): Error {
  return Object.assign(new Error(message), { code })
}
