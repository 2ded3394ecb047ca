import { isRefusal } from '#kernel'
import type { People } from '#people'
import { handle } from '#platform'
import * as contract from './contract.ts'
import type { Models } from './models.ts'
import { wellKnown } from './providers.ts'

export type Deps = { readonly models: Models; readonly people: People }

export function operations({ models, people }: Deps) {
  const { desk, costs } = models
  return [
    handle(contract.listModels, async (_, context) => {
      const me = await people.signedIn(context)
      if (isRefusal(me)) return me
      const items = (await models.listed()).map(({ cost, ...info }) => ({
        ...info,
        cost: cost && {
          version: cost.version,
          inputPerMillion: cost.inputPerMillion.minor,
          outputPerMillion: cost.outputPerMillion.minor,
        },
      }))
      return { items }
    }),
    handle(contract.listProviders, async (_, context) => {
      const me = await people.operator(context)
      if (isRefusal(me)) return me
      await desk.listUnlisted()
      return { items: await desk.providers(), wellKnown: [...wellKnown] }
    }),
    handle(contract.findEngines, async (_, context) => {
      const me = await people.operator(context)
      return isRefusal(me) ? me : { items: await desk.findEngines(context.signal) }
    }),
    handle(contract.addProvider, async ({ body }, context) => {
      const me = await people.operator(context)
      return isRefusal(me) ? me : desk.add(body, context.signal)
    }),
    handle(contract.changeProvider, async ({ params, body }, context) => {
      const me = await people.operator(context)
      return isRefusal(me) ? me : desk.change(params.provider, body, context.signal)
    }),
    handle(contract.removeProvider, async ({ params }, context) => {
      const me = await people.operator(context)
      return isRefusal(me) ? me : desk.remove(params.provider)
    }),
    handle(contract.tryProvider, async ({ params, body }, context) => {
      const me = await people.operator(context)
      return isRefusal(me) ? me : desk.tryOne(params.provider, body.model, context.signal)
    }),
    handle(contract.refreshListing, async ({ params }, context) => {
      const me = await people.operator(context)
      return isRefusal(me) ? me : desk.refresh(params.provider, context.signal)
    }),
    handle(contract.offerModels, async ({ params, body }, context) => {
      const me = await people.operator(context)
      return isRefusal(me) ? me : desk.offer(params.provider, body.models)
    }),
    handle(contract.listCosts, async (_, context) => {
      const me = await people.operator(context)
      return isRefusal(me) ? me : costs.list()
    }),
    handle(contract.setCost, async ({ body }, context) => {
      const me = await people.operator(context)
      return isRefusal(me) ? me : costs.set(body)
    }),
    handle(contract.resetCost, async ({ body }, context) => {
      const me = await people.operator(context)
      return isRefusal(me) ? me : costs.reset(body.model)
    }),
  ]
}
