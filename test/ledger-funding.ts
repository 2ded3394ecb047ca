import { units, type Unit } from '#kernel'
import { chart, type Chart, type Kind, type Template, type TemplateSpec } from '#ledger'

/**
 * The charts with one room more, which may touch every kind: it funds any account from nowhere, loose, as a lot or under
 * a hold, so that a test of one template needs no other.
 */
export function withFunding(charts: readonly Chart[]): {
  charts: readonly Chart[]
  templateOf: (kind: string, unit: Unit, as: 'loose' | 'lot' | 'hold') => Template
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
      const legs = [{ op: 'reserve', from: 'account', amount: 'amount' }] as const
      specs[`hold.${name}.${unit}`] = { accounts: { account: name }, amounts, legs }
    }
  const funding = chart('funding', { 'funding.source': source }, specs)
  return {
    charts: [...opened, funding],
    templateOf: (kind, unit, as) => funding.templates[`${as}.${kind}.${unit}`] as Template,
  }
}

function openedTo(kind: Kind, room: string): Kind {
  return { ...kind, debitedBy: [...kind.debitedBy, room], creditedBy: [...kind.creditedBy, room] }
}
