import type { Vault } from '../../kernel/vault.ts'
import type { Organization } from '../../organizations/organization.ts'
import type { Import } from '../store/import.ts'
import type { WorkerCalls } from './worker-protocol.ts'

type Asynchronous<F> = F extends (...args: infer A) => infer R
  ? (...args: A) => Promise<Awaited<R>>
  : never

/** A worker thread's calls (RPC) as the main thread makes them. */
export type ImportWorker = { [K in keyof WorkerCalls]: Asynchronous<WorkerCalls[K]> } & {
  /** Gives the worker up; its last call may still be under way. */
  close(): Promise<void>
}

/** A worker's call that took more of the process than one import may have; its thread is gone. */
export class WorkerExhausted extends Error {
  readonly type = 'ImportTooCostly'

  constructor(resource: 'memory' | 'processor time') {
    super(
      `The import needs more ${resource} than one may have. Send it in smaller files; if its customers have ` +
        'hundreds of identifiers each, in files of few customers.',
    )
  }
}

/** Gets a worker for one import, until it is closed. */
export type OpenWorker = (
  vault: Vault,
  organization: Organization,
  its: Pick<Import, 'key' | 'kind' | 'mode'>,
) => ImportWorker

/** Sends one call to a worker; rejects with what the call throws there. */
export type SendCall = <K extends keyof WorkerCalls>(
  name: K,
  args: Parameters<WorkerCalls[K]>,
) => Promise<Awaited<ReturnType<WorkerCalls[K]>>>

/** The calls by name, each of which sends itself. */
export function createWorkerClient(send: SendCall, close: () => Promise<void>): ImportWorker {
  return {
    beginUpload: (...args) => send('beginUpload', args),
    parse: (...args) => send('parse', args),
    parseMore: (...args) => send('parseMore', args),
    endUpload: (...args) => send('endUpload', args),
    openBatch: (...args) => send('openBatch', args),
    planBatch: (...args) => send('planBatch', args),
    rowsToRefuse: (...args) => send('rowsToRefuse', args),
    rejectRows: (...args) => send('rejectRows', args),
    closeBatch: (...args) => send('closeBatch', args),
    discard: (...args) => send('discard', args),
    addDuplicates: (...args) => send('addDuplicates', args),
    endDuplicates: (...args) => send('endDuplicates', args),
    planRevert: (...args) => send('planRevert', args),
    planRestore: (...args) => send('planRestore', args),
    close,
  }
}
