import { units, type Unit } from '#kernel'
import { chart, type Chart, type Kind, type Leg, type Template, type TemplateSpec } from '#ledger'

/**
 * The charts with one room more, which may touch every kind: it funds any account from nowhere, loose or as a lot,
 * so that a test of one template needs no other. `holdFor` sets aside, under one hold, what a template takes from
 * holds: each of its accounts so much as the amount of the account's name says.
 */
export function withFunding(charts: readonly Chart[]): {
  charts: readonly Chart[]
  templateOf: (kind: string, unit: Unit, as: 'loose' | 'lot') => Template
  holdFor: (template: Template) => Template
} {
  const opened = charts.map((one) => ({
    ...one,
    kinds: Object.fromEntries(Object.entries(one.kinds).map(([name, kind]) => [name, openedTo(kind, 'funding')])),
  }))
  const source: Kind = { units, overdraft: 'allowed', debitedBy: ['funding'], creditedBy: ['funding'] }
  const specs: Record<string, TemplateSpec> = {}
  for (const [name, kind] of opened.flatMap((one) => Object.entries(one.kinds)))
    for (const unit of kind.units) {
      const accounts = { source: 'funding.source', account: name }
      const amounts = { amount: unit }
      const move = { op: 'move', from: 'source', to: 'account', amount: 'amount' } as const
      specs[`loose.${name}.${unit}`] = { accounts, amounts, legs: [move] }
      specs[`lot.${name}.${unit}`] = { accounts, amounts, legs: [{ ...move, lot: 'free' }] }
    }
  const unitOf = (kind: string) => opened.flatMap((one) => one.kinds[kind]?.units ?? [])[0] ?? 'USD'
  for (const { name, spec } of opened.flatMap((one) => Object.values(one.templates))) {
    const held = [...new Set(spec.legs.filter(takesFromHold).map(({ from }) => from))]
    if (held.length > 0) specs[`held.${name}`] = reserving(held, spec, unitOf)
  }
  const funding = chart('funding', { 'funding.source': source }, specs)
  return {
    charts: [...opened, funding],
    templateOf: (kind, unit, as) => funding.templates[`${as}.${kind}.${unit}`] as Template,
    holdFor: ({ name }) => funding.templates[`held.${name}`] as Template,
  }
}

export function takesFromHold({ op }: Leg): boolean {
  return op === 'settle' || op === 'release' || op === 'extend'
}

function reserving(held: readonly string[], spec: TemplateSpec, unitOf: (kind: string) => Unit): TemplateSpec {
  const kindOf = (name: string) => [spec.accounts[name] ?? ''].flat()[0] ?? ''
  return {
    accounts: Object.fromEntries(held.map((name) => [name, kindOf(name)])),
    amounts: Object.fromEntries(held.map((name) => [name, unitOf(kindOf(name))])),
    optional: held,
    legs: held.map((name) => ({ op: 'reserve', from: name, amount: name })),
  }
}

function openedTo(kind: Kind, room: string): Kind {
  return { ...kind, debitedBy: [...kind.debitedBy, room], creditedBy: [...kind.creditedBy, room] }
}
