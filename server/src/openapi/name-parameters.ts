import { refTo } from './document.ts'
import type { Json, OpenApi } from './document.ts'

// In characters: a reference is not shorter than this.
const WORTH_NAMING = 60

/**
 * Takes every parameter that several operations have out of where it stands, and leaves a `$ref`
 * there. Answers them by their names; where several differ under one name, the later ones are numbered.
 */
export function nameParameters(paths: OpenApi['paths']): Record<string, Json> {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  const counts = new Map<string, number>()
  for (const parameter of operations.flatMap(({ parameters = [] }) => parameters)) {
    const text = JSON.stringify(parameter)
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  const named: Record<string, Json> = {}
  const names = new Map<string, string>()
  for (const operation of operations) {
    if (!operation.parameters) continue
    operation.parameters = operation.parameters.map((parameter) => {
      const text = JSON.stringify(parameter)
      if (!parameter.name || text.length < WORTH_NAMING || counts.get(text) === 1) return parameter
      const name = names.get(text) ?? freeName(named, parameter.name)
      names.set(text, name)
      named[name] = parameter
      return refTo('parameters', name) as unknown as typeof parameter
    })
  }
  return named
}

function freeName(named: Record<string, Json>, name: string): string {
  for (let number = 2, free = name; ; number++) {
    if (named[free] === undefined) return free
    free = `${name}_${number}`
  }
}
