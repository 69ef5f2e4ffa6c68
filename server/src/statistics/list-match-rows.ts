import type { Static } from 'typebox'
import type { MatchReportAnswer } from './report-schema.ts'

type MatchReport = Static<typeof MatchReportAnswer>
type Customers = NonNullable<MatchReport['customers']>

/** One step of the funnel, as a line of a file; what it says nothing of is left out. */
export interface MatchRow extends Record<string, string | number | null> {
  step: MatchStep
  /** Of a file, when it ended; of customers, when they were counted. */
  as_of_date: string | null
}

type MatchStep =
  'rows' | 'readable' | 'hashed' | 'loss' | 'customers' | 'identified' | 'kind' | 'merchant'

/** The match report as lines: its files step by step, and then its customers, with none of them below the floor. */
export function listMatchRows({ files, customers, as_of_date: at }: MatchReport): MatchRow[] {
  return [...files.flatMap(listFileRows), ...(customers ? listCustomerRows(customers, at) : [])]
}

function listFileRows(file: MatchReport['files'][number]): MatchRow[] {
  const of = { as_of_date: file.ended_date, import_id: file.id }
  const steps = (['rows', 'readable', 'hashed'] as const).map((step): MatchRow => ({
    ...{ step, ...of, count: file[step] },
  }))
  const losses = file.losses.map(({ code, count }): MatchRow => ({
    ...{ step: 'loss', ...of, code, count },
  }))
  return [...steps, ...losses]
}

function listCustomerRows(customers: Customers, at: string | null): MatchRow[] {
  const row = (step: MatchStep, its: Record<string, string | number>): MatchRow => ({
    ...{ step, as_of_date: at, ...its },
  })
  return [
    row('customers', { count: customers.all, matched: customers.matched }),
    row('identified', { count: customers.identified, matched: customers.matched }),
    ...customers.kinds.map(({ kind, customers: count, matched }) =>
      row('kind', { kind, count, matched }),
    ),
    ...customers.merchants.map(({ matched, ...merchant }) =>
      row('merchant', { ...merchant, matched }),
    ),
  ]
}
