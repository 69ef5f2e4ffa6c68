import { Type } from 'typebox'
import { Nullable, NullableString, OneOf, date, nullableDate } from '../http/schema.ts'
import { VERIFICATION_STATES } from '../audit/verification-store.ts'
import { UNDER_WAY } from './overview-store.ts'

const Count = Type.Integer()
const Rows = Type.Object(
  {
    count: Count,
    is_exact: Type.Boolean({ description: 'Above 100,000 it is the database’s own estimate.' }),
  },
  { title: 'RowCount' },
)

export const OverviewAnswer = Type.Object(
  {
    version: Type.String(),
    mode: OneOf(['development', 'production']),
    sends_mail: Type.Boolean(),
    migrations: Type.Object({ applied: Count, last: NullableString }),
    database: Type.Object({ kind: OneOf(['pglite', 'postgres']), size_bytes: Count }),
    counts: Type.Object({
      publishers: Count,
      merchants: Count,
      people: Count,
      webhooks: Type.Object({ enabled: Count, paused: Count }),
      customers: Rows,
      orders: Rows,
      transactions: Rows,
    }),
    backlogs: Type.Array(
      Type.Object({
        webhook: Type.String(),
        organization: Type.String(),
        origin: Type.String({ description: 'Of its URL, whose path may hold a secret.' }),
        state: OneOf(['enabled', 'paused']),
        lanes: Type.Integer({ description: 'How many things have events that wait.' }),
        oldest_seconds: Type.Integer({ description: 'For how long the oldest has waited.' }),
      }),
      { description: 'The twenty webhooks with the most that waits.' },
    ),
    imports: Type.Array(
      Type.Object({
        id: Type.String(),
        organization: Type.String(),
        state: OneOf(UNDER_WAY),
        total_rows: Count,
        rows: Type.Integer({ description: 'How many of them are written.' }),
        created_date: date(),
      }),
      { description: 'Those that have not ended, oldest first, a hundred at the most.' },
    ),
    calls: Type.Object(
      { since_date: date(), answered: Count, failed: Count },
      { description: 'Of this process, since it started; `failed`: answered with a 5xx.' },
    ),
    deliveries: Type.Object(
      { attempts: Count, acknowledged: Count, refused: Count, failed: Count, expired: Count },
      { description: 'Of all webhooks, in the last hour.' },
    ),
    last_verification: Nullable(
      Type.Object({
        id: Type.String(),
        state: OneOf(VERIFICATION_STATES),
        drift: Count,
        started_date: date(),
        ended_date: nullableDate(),
      }),
    ),
  },
  { title: 'Overview' },
)
