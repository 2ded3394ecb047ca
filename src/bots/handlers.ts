import { isRefusal, isUuid, refuse } from '#kernel'
import type { People } from '#people'
import { handle } from '#platform'
import type { Bots } from './bots.ts'
import * as contract from './contract.ts'
import { addHouse } from './house.ts'

export type Deps = { readonly bots: Bots; readonly people: People }

export function catalogueHandlers({ bots: { catalogue }, people }: Deps) {
  return [
    handle(contract.searchBots, ({ query }) => catalogue.search(query)),
    handle(contract.listShelves, () => catalogue.shelves()),
    handle(contract.getBot, async ({ params, query }, { headers }) =>
      catalogue.page(params.handle, { viewer: await people.viewer(headers), link: query.link }),
    ),
  ]
}

export function studioHandlers({ bots: { studio }, people }: Deps) {
  return [
    handle(contract.listMyBots, async (_, context) => {
      const me = await people.signedIn(context)
      return isRefusal(me) ? me : { items: await studio.list(me) }
    }),
    handle(contract.getMyBot, async ({ params }, context) => {
      const me = await people.signedIn(context)
      return isRefusal(me) ? me : studio.get(me, params.bot)
    }),
    handle(contract.checkHandle, async ({ params }, context) => {
      const me = await people.signedIn(context)
      if (isRefusal(me)) return me
      const read = contract.handleText.safeParse(params.handle)
      if (read.success) return studio.checkHandle(read.data)
      return { free: false, words: read.error.issues[0]?.message ?? 'Choose another handle.', suggestion: null }
    }),
    handle(contract.createBot, async ({ body }, context) => {
      const me = await people.signedIn(context)
      if (isRefusal(me)) return me
      const { owner, id, ...asked } = body
      if (owner === 'house' && me.role !== 'operator')
        return refuse('operators_only', 'Only an operator makes bots for the house. Make it your own.')
      if (!isUuid(id)) throw new Error('the contract lets no other id through')
      return studio.create({ ...asked, id, creator: owner === 'house' ? null : me.id })
    }),
    handle(contract.saveBot, async ({ params, body }, context) => {
      const me = await people.signedIn(context)
      return isRefusal(me) ? me : studio.save(me, params.bot, body)
    }),
    handle(contract.listVersions, async ({ params }, context) => {
      const me = await people.signedIn(context)
      if (isRefusal(me)) return me
      const items = await studio.versions(me, params.bot)
      return isRefusal(items) ? items : { items }
    }),
    handle(contract.setPrice, async ({ params, body }, context) => {
      const me = await people.signedIn(context)
      return isRefusal(me) ? me : studio.setPrice(me, params.bot, body.usdPerThousand)
    }),
    handle(contract.setVisibility, async ({ params, body }, context) => {
      const me = await people.signedIn(context)
      return isRefusal(me) ? me : studio.setVisibility(me, params.bot, body.visibility)
    }),
    handle(contract.renewLink, async ({ params }, context) => {
      const me = await people.signedIn(context)
      return isRefusal(me) ? me : studio.renewLink(me, params.bot)
    }),
  ]
}

export function deskHandlers({ bots, people }: Deps) {
  return [
    handle(contract.addHouseBots, async ({ body }, context) => {
      const me = await people.operator(context)
      if (isRefusal(me)) return me
      const added = await addHouse(bots, () => body.model)
      return isRefusal(added) ? added : { added }
    }),
  ]
}
