import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { pglite } from '../support/databases.ts'
import { useNetwork } from '../support/network.ts'

interface Panel {
  id: number
  type: string
  title: string
  datasource?: { uid: string }
  targets?: { expr: string; datasource: { uid: string } }[]
  gridPos: { x: number; y: number; w: number; h: number }
}

interface Dashboard {
  __inputs: { name: string; type: string; pluginId: string }[]
  templating: { list: { datasource: { uid: string }; query: { query: string } }[] }
  panels: Panel[]
}

const file = new URL('../../../docs/grafana-dashboard.json', import.meta.url)
const dashboard = JSON.parse(readFileSync(file, 'utf8')) as Dashboard
const variables = dashboard.templating.list
const targets = dashboard.panels.flatMap((panel) => panel.targets ?? [])
const expressions = [
  ...targets.map(({ expr }) => expr),
  ...variables.map(({ query }) => query.query),
]

describe('the dashboard for Grafana', () => {
  const network = useNetwork(pglite.create, { publishers: 1 })
  let text: string

  beforeAll(async () => {
    text = await (await fetch(`${network.url}/metrics`)).text()
  })

  /** What Prometheus knows the metrics by: a histogram gives three names, a counter or gauge its own. */
  function namesOf(): Set<string> {
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)]
    return new Set(
      types.flatMap(([, name = '', type]) => {
        return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
      }),
    )
  }

  test('names only metrics that a started server has', () => {
    const names = namesOf()
    const named = expressions.flatMap(
      (each) => each.match(/\b(newcomer|process|nodejs)_[a-z0-9_]+/g) ?? [],
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((name) => !names.has(name))).toEqual([])
  })

  test('leaves out none of those that are about deliveries', () => {
    const about = /_(deliver|receiver|webhooks|claim)[a-z_]*/
    const ours = [...text.matchAll(/^# TYPE (newcomer_\S+)/gm)].map(([, name = '']) => name)
    const unshown = ours.filter((name) => !expressions.some((each) => each.includes(name)))
    expect(unshown.filter((name) => about.test(name))).toEqual([])
  })

  test('asks the one data source that whoever imports it chooses', () => {
    const [input] = dashboard.__inputs
    expect(input).toMatchObject({ type: 'datasource', pluginId: 'prometheus' })
    const uids = [...targets, ...variables].map(({ datasource }) => datasource.uid)
    expect(new Set(uids)).toEqual(new Set([`\${${input?.name}}`]))
  })

  test('has rows for all that there is to be seen, and panels side by side', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)
    expect(rows).toEqual(['API', 'Deliveries', 'Receivers', 'Imports'])
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })
})
