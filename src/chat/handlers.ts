import { isRefusal, refuse, type Clock, type Refusal, type Uuid } from '#kernel'
import type { People } from '#people'
import { handle, stream, type Database } from '#platform'
import type { Turns } from '#turns'
import type { Chat } from './chat.ts'
import * as contract from './contract.ts'
import { exportAs } from './exporting.ts'
import { listPage, searchPage } from './finding.ts'
import { ownerMark } from './keeping.ts'
import { readBranch, readHead, toCard } from './reading.ts'
import { checkTitle, isOpenTo, unknownConversation } from './rules.ts'
import { change, conversationOf, setDeleted, setLeaf, type Standing } from './store/conversations.ts'
import { isTurnOf, leafBelow, placeOf } from './store/messages.ts'
import { searchVector } from './words.ts'

export type HandlerDeps = {
  readonly answers: Database
  readonly chat: Chat
  readonly turns: Turns
  readonly people: Pick<People, 'signedIn'>
  readonly clock: Clock
}

type Asked = { readonly headers: Headers }
type Named = { readonly conversation: string }
type NotMine = Refusal<'sign_in_first' | 'unknown_conversation'>

export function listHandlers({ answers, people }: HandlerDeps) {
  return [
    handle(contract.listConversations, async ({ query }, context) => {
      const me = await people.signedIn(context)
      return isRefusal(me) ? me : listPage(answers, me.id, query)
    }),
    handle(contract.searchMessages, async ({ query }, context) => {
      const me = await people.signedIn(context)
      return isRefusal(me) ? me : searchPage(answers, me.id, query)
    }),
  ]
}

export function conversationHandlers(deps: HandlerDeps) {
  const { answers: db, people, clock } = deps
  const mine = ownedBy(deps)
  return [
    handle(contract.getConversation, async ({ params }, context) => {
      const standing = await mine(context, params)
      return isRefusal(standing) ? standing : readHead(db, standing)
    }),
    handle(contract.listMessages, async ({ params, query }, context) => {
      const standing = await mine(context, params)
      if (isRefusal(standing)) return standing
      const { before, limit } = query
      const conversation = standing.id
      if (before === undefined) return readBranch(db, { conversation, from: standing.leaf, limit })
      const place = await placeOf(db, { conversation, message: before, turn: before })
      return place?.id ? readBranch(db, { conversation, from: place.parent, limit }) : unknownMessage
    }),
    handle(contract.showBranch, async ({ params, body }, context) => {
      const standing = await mine(context, params)
      if (isRefusal(standing)) return standing
      const leaf = await leafBelow(db, { conversation: standing.id, message: body.message })
      if (leaf === undefined) return unknownMessage
      await setLeaf(db, standing.id, leaf)
      return { leaf }
    }),
    handle(contract.changeConversation, async ({ params, body }, context) => {
      const standing = await mine(context, params)
      if (isRefusal(standing)) return standing
      const title = body.title === undefined ? undefined : checkTitle(body.title)
      if (isRefusal(title)) return title
      await change(db, standing.id, {
        ...(title === undefined ? {} : { title, search: searchVector(title, [ownerMark(standing.owner)]) }),
        ...(body.pinned === undefined ? {} : { pinnedAt: body.pinned ? clock.now() : null }),
      })
      return toCard({ ...standing, title: title ?? standing.title, pinned: body.pinned ?? standing.pinned })
    }),
    handle(contract.deleteConversation, async ({ params }, context) => {
      const standing = await mine(context, params)
      if (isRefusal(standing)) return standing
      await setDeleted(db, standing.id, clock.now())
      return {}
    }),
    handle(contract.restoreConversation, async ({ params }, context) => {
      const me = await people.signedIn(context)
      if (isRefusal(me)) return me
      const standing = await conversationOf(db, params.conversation)
      if (standing?.owner !== me.id) return unknownConversation
      if (standing.deleted) await setDeleted(db, standing.id, null)
      return toCard(standing)
    }),
    handle(contract.exportConversation, async ({ params, query }, context) => {
      const standing = await mine(context, params)
      return isRefusal(standing) ? standing : exportAs(db, standing, query.form)
    }),
  ]
}

export function turnHandlers(deps: HandlerDeps) {
  const { answers: db, chat, people, turns } = deps
  const mine = ownedBy(deps)
  const turnOf = async (context: Asked, params: Named & { readonly turn: string }) => {
    const [standing, isHere] = await Promise.all([mine(context, params), isTurnOf(db, params)])
    if (isRefusal(standing)) return standing
    return isHere ? standing : refuse('unknown_turn', 'This answer is not here. Reload the page.')
  }
  return [
    handle(contract.sendMessage, async ({ params, body }, context) => {
      const me = await people.signedIn(context)
      return isRefusal(me) ? me : chat.send(me.id, { ...body, ...params })
    }),
    handle(contract.askAgain, async ({ params, body }, context) => {
      const me = await people.signedIn(context)
      return isRefusal(me) ? me : chat.again(me.id, { ...body, ...params })
    }),
    handle(contract.stopTurn, async ({ params }, context) => {
      const standing = await turnOf(context, params)
      if (isRefusal(standing)) return standing
      await turns.stop(params.turn as Uuid, standing.owner)
      return {}
    }),
    stream(contract.readTurn, async ({ params }, context) => {
      const standing = await turnOf(context, params)
      if (isRefusal(standing)) return standing
      const { lastEventId, signal } = context
      return numbered(turns.events(params.turn as Uuid, { afterSeq: seqOf(lastEventId), signal }))
    }),
  ]
}

const unknownMessage = refuse('unknown_message', 'This message is not here any more. Reload the page.')

/** Who asks and what of are read at once; what belongs to somebody else is as good as not there. */
function ownedBy({ people, answers }: HandlerDeps) {
  return async (context: Asked, { conversation }: Named): Promise<Standing | NotMine> => {
    const [me, standing] = await Promise.all([people.signedIn(context), conversationOf(answers, conversation)])
    if (isRefusal(me)) return me
    return standing && isOpenTo(me.id, standing) ? standing : unknownConversation
  }
}

/** What a reader says it has; what is no number is a reader who has nothing. */
function seqOf(lastEventId: string | undefined): number {
  return /^\d{1,9}$/.test(lastEventId ?? '') ? Number(lastEventId) : 0
}

async function* numbered<Event>(events: AsyncIterable<{ readonly seq: number; readonly event: Event }>) {
  for await (const { seq, event } of events) yield { id: String(seq), event }
}
