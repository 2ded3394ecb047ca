import type { Unit } from '#kernel'

/** Who an account belongs to. The house's own accounts and the outside world's are `system`. */
export type Owner = { readonly type: 'user' | 'organisation'; readonly id: string } | 'system'

/** Points that expire are kept in lots; the classes are spent in this order, and what is loose (bought) comes last. */
export type LotClass = 'free' | 'plan' | 'gift'

/** What an account may be and who may touch it. Rooms are named; a room that is not listed cannot post to the kind. */
export type Kind = {
  readonly units: readonly Unit[]
  /** 'never': what is not there, or is held, cannot leave. 'allowed': for the house's own and the outside world's sides. */
  readonly overdraft: 'never' | 'allowed'
  readonly debitedBy: readonly string[]
  readonly creditedBy: readonly string[]
}

/**
 * One step of a template. Names are those of the template's accounts and amounts.
 * - move: from one account to another; `lot` grants it as a new lot; `draw` takes only what is loose, or only the lot
 *   named by the input, instead of the lots in order and then what is loose
 * - reserve, extend: sets aside under a hold (extend without an amount only prolongs it)
 * - settle: pays out of the hold; release: gives back, all that is left unless an amount is named
 */
export type Leg<Account extends string = string, Amount extends string = string> =
  | {
      readonly op: 'move'
      readonly from: Account
      readonly to: Account
      readonly amount: Amount
      readonly lot?: LotClass
      readonly draw?: 'loose' | 'lot'
    }
  | { readonly op: 'reserve'; readonly from: Account; readonly amount: Amount }
  | { readonly op: 'extend'; readonly from: Account; readonly amount?: Amount }
  | { readonly op: 'settle'; readonly from: Account; readonly to: Account; readonly amount: Amount }
  | { readonly op: 'release'; readonly from: Account; readonly amount?: Amount }

/** One of a kind, or (in brackets) a list of them: a leg that names a list becomes one leg for each element. */
type One<Name extends string> = Name | readonly [Name]

/**
 * A typed recipe for journals, declared as data: `accounts` gives each role its kind, `amounts` each amount its unit,
 * `optional` the accounts and amounts that may be left out or be zero, and with them the legs that name them.
 */
export type TemplateSpec = {
  readonly accounts: Readonly<Record<string, One<string>>>
  readonly amounts: Readonly<Record<string, One<Unit>>>
  readonly optional?: readonly string[]
  readonly legs: readonly Leg[]
}

export type Template<Spec extends TemplateSpec = TemplateSpec> = {
  readonly name: string
  readonly room: string
  readonly spec: Spec
}

/** One room's share of the chart of accounts: its kinds and the only journals it can post. */
export type Chart<Specs extends Readonly<Record<string, TemplateSpec>> = Readonly<Record<string, TemplateSpec>>> = {
  readonly room: string
  readonly kinds: Readonly<Record<string, Kind>>
  readonly templates: { readonly [Name in keyof Specs]: Template<Specs[Name]> }
}

/**
 * Declares a room's chart. Template and kind names are global, so a room prefixes its own: `wallet.topped_up`.
 *
 * @example
 * const wallet = chart('wallet', { 'wallet.points': { … } }, {
 *   'wallet.spent': {
 *     accounts: { wallet: 'wallet.points', consumed: 'points.consumed' },
 *     amounts: { price: 'POINTS' },
 *     legs: [{ op: 'move', from: 'wallet', to: 'consumed', amount: 'price' }],
 *   },
 * })
 */
export function chart<const Specs extends Readonly<Record<string, TemplateSpec>>>(
  room: string,
  kinds: Readonly<Record<string, Kind>>,
  specs: Specs,
): Chart<Specs> {
  const templates = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, { name, room, spec }]))
  return { room, kinds, templates: templates as Chart<Specs>['templates'] }
}

/**
 * Everything that is wrong with the charts taken together, in words; empty when all is well. A template that passes can
 * only be refused for its input: its legs balance in one unit each and touch only kinds that its room may touch.
 */
export function chartFaults(charts: readonly Chart[]): string[] {
  const kinds = new Map<string, Kind>()
  const faults: string[] = []
  for (const { room, kinds: own } of charts) {
    for (const [name, kind] of Object.entries(own)) {
      if (kinds.has(name)) faults.push(`kind ${name} is declared twice, the second time by ${room}`)
      if (kind.units.length === 0) faults.push(`kind ${name} has no unit`)
      kinds.set(name, kind)
    }
  }
  const names = new Set<string>()
  for (const template of charts.flatMap((one) => Object.values(one.templates))) {
    if (names.has(template.name)) faults.push(`template ${template.name} is declared twice`)
    names.add(template.name)
    faults.push(...templateFaults(template, kinds).map((fault) => `template ${template.name}: ${fault}`))
  }
  return faults
}

function templateFaults({ room, spec }: Template, kinds: ReadonlyMap<string, Kind>): string[] {
  const faults: string[] = []
  for (const kind of Object.values(spec.accounts).map(single)) {
    if (!kinds.has(kind)) faults.push(`no chart declares the kind ${kind}`)
  }
  const named = [...Object.keys(spec.accounts), ...Object.keys(spec.amounts)]
  for (const name of spec.optional ?? [])
    if (!named.includes(name)) faults.push(`"${name}" is optional but not declared`)
  if (spec.legs.length === 0) faults.push('has no legs')
  spec.legs.forEach((leg, at) => {
    faults.push(...legFaults(leg, room, spec, kinds).map((fault) => `leg ${at + 1} ${fault}`))
  })
  for (const name of named) {
    const used = spec.legs.some((leg) => leg.from === name || ('to' in leg && leg.to === name) || leg.amount === name)
    if (!used) faults.push(`no leg uses "${name}"`)
  }
  return faults
}

function legFaults(leg: Leg, room: string, spec: TemplateSpec, kinds: ReadonlyMap<string, Kind>): string[] {
  const faults: string[] = []
  const unit = leg.amount === undefined ? undefined : spec.amounts[leg.amount]
  if (leg.amount !== undefined && unit === undefined)
    faults.push(`names the amount "${leg.amount}", which is not declared`)
  const sides = [{ name: leg.from, right: 'debitedBy', verb: 'debit' } as const]
  const both = 'to' in leg ? [...sides, { name: leg.to, right: 'creditedBy', verb: 'credit' } as const] : sides
  const unitsOf = both.map(({ name, right, verb }) => {
    const kindName = single(spec.accounts[name] ?? '')
    const kind = kinds.get(kindName)
    if (!kind) faults.push(`names the account "${name}", which has no declared kind`)
    else if (!kind[right].includes(room)) faults.push(`would ${verb} ${kindName}, which ${room} may not`)
    return kind?.units ?? []
  })
  if (unit !== undefined && unitsOf.some((units) => !units.includes(single(unit)))) {
    faults.push(
      `does not balance: ${single(unit)} is not a unit of both "${both.map((side) => side.name).join('" and "')}"`,
    )
  }
  return faults
}

/** The name itself, whether or not a list of them is declared. */
export function single<Name extends string>(declared: One<Name>): Name {
  return typeof declared === 'string' ? declared : declared[0]
}
