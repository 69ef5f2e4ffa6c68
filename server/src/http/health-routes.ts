import { Type } from 'typebox'
import { unavailable } from '../kernel/problem.ts'
import type { Routes } from './api.ts'
import type { ShellMetrics } from './shell-metrics.ts'
import { One, one } from './envelope.ts'
import { OneOf } from './schema.ts'

export interface HealthParts {
  metrics: ShellMetrics
  /** Whether calls can be answered: the database is there, its schema is ours, nobody is stopping us. */
  isReady(): Promise<boolean>
}

const config = { isUnlimited: true }
const tags = ['health']
const Health = Type.Object({ status: OneOf(['alive', 'ready']) }, { title: 'Health' })
const response = { 200: One(Health) }

/** For those who watch over the program. They need no key and tell nothing private. */
export function healthRoutes({ metrics, isReady }: HealthParts): Routes {
  return (api) => {
    api.get(
      '/healthz',
      {
        config,
        schema: { operationId: 'isAlive', tags, summary: 'Whether the process runs', response },
      },
      () => one({ status: 'alive' as const }),
    )
    api.get(
      '/readyz',
      {
        config,
        schema: {
          operationId: 'isReady',
          tags,
          summary: 'Whether calls can be answered: 200, or 503 while starting, stopping or cut off',
          response,
        },
      },
      async () => {
        if (!(await isReady())) throw unavailable('Not ready to answer calls.')
        return one({ status: 'ready' as const })
      },
    )
    api.get(
      '/metrics',
      {
        config,
        schema: { hide: true, operationId: 'readMetrics', summary: 'Numbers for Prometheus' },
      },
      async (_request, reply) => {
        void reply.type(metrics.registry.contentType)
        return metrics.registry.metrics()
      },
    )
  }
}
