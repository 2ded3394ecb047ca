import { getConversation, listMessages, showBranch, type Conversation, type Message } from '#chat/contract'
import { isRefusal, type Call, type Refusal } from '#kernel/contract'
import { joinTail } from './branch.ts'

export type Loaded = {
  readonly head: Conversation
  readonly messages: readonly Message[]
  /** What is older than this is not here yet; null once the beginning is. */
  readonly before: string | null
}

/** `failed`: nothing older is asked for by itself until the reader tries again, or the conversation was read anew. */
export type Opened = Loaded & { readonly older: 'idle' | 'loading' | 'failed' }

export type ThreadState =
  | { readonly is: 'loading' }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  | { readonly is: 'failed'; readonly fault: unknown }
  | ({ readonly is: 'ready' } & Opened)

export type ThreadStore = {
  readonly get: () => ThreadState
  readonly listen: (heard: () => void) => () => void
  /** Reads the head and the end of the branch anew; what did not change stays the same. */
  readonly read: () => Promise<void>
  readonly loadOlder: () => Promise<void>
  /** Shows the branch that a message is in; false if that could not be. */
  readonly show: (message: string) => Promise<boolean>
  /** What was asked last in this window. */
  readonly lastAsked: () => string | undefined
  /** The message to bring into view once it is drawn. */
  readonly sought: () => string | undefined
  /** Takes in what was just sent: behind this answer, or at the beginning. */
  readonly append: (messages: readonly Message[], after: string | null) => void
  readonly changeHead: (head: Partial<Conversation>) => void
}

const firstPage = 40
const olderPage = 100

/** A conversation as far as it was read. */
export function createThreadStore(options: {
  readonly call: Call
  readonly conversation: string
  readonly initial: Loaded | undefined
}): ThreadStore {
  const { call, initial } = options
  const params = { conversation: options.conversation }
  const listeners = new Set<() => void>()
  let state: ThreadState = initial ? { is: 'ready', older: 'idle', ...initial } : { is: 'loading' }
  /** The number of the latest reading: an older one that comes late counts for nothing. */
  let reading = 0
  let asked: string | undefined
  let sought: string | undefined
  const set = (next: ThreadState) => {
    state = next
    for (const heard of listeners) heard()
  }
  const update = (change: Partial<Opened>) => {
    if (state.is === 'ready') set({ ...state, ...change })
  }
  const read = async () => {
    const number = ++reading
    try {
      const [head, page] = await Promise.all([
        call(getConversation, { params }),
        call(listMessages, { params, query: { limit: firstPage } }),
      ])
      if (number !== reading) return
      if (isRefusal(head)) set({ is: 'refused', refusal: head })
      else if (isRefusal(page)) set({ is: 'refused', refusal: page })
      else set(joined(state, head, page))
    } catch (fault) {
      if (number === reading && state.is !== 'ready') set({ is: 'failed', fault })
    }
  }
  const loadOlder = async () => {
    if (state.is !== 'ready' || state.before === null || state.older === 'loading') return
    const { before } = state
    update({ older: 'loading' })
    const page = await call(listMessages, { params, query: { before, limit: olderPage } }).catch(() => undefined)
    // The branch may have been left meanwhile.
    if (state.before !== before) return
    if (!page || isRefusal(page)) return update({ older: 'failed' })
    update({ messages: [...page.items, ...state.messages], before: page.before, older: 'idle' })
  }
  return {
    get: () => state,
    listen: (heard) => {
      listeners.add(heard)
      return () => listeners.delete(heard)
    },
    read,
    loadOlder,
    show: async (message) => {
      const answer = await call(showBranch, { params, body: { message } }).catch(() => undefined)
      if (answer === undefined || isRefusal(answer)) return false
      sought = message
      await read()
      return true
    },
    lastAsked: () => asked,
    sought: () => sought,
    append: (messages, after) => {
      asked = messages.find(({ kind }) => kind === 'question')?.id ?? asked
      if (state.is === 'ready') update({ messages: [...upTo(state.messages, after), ...messages] })
    },
    changeHead: (head) => {
      if (state.is === 'ready') update({ head: { ...state.head, ...head } })
    },
  }
}

/** The branch up to an answer and those beside it. */
function upTo(messages: readonly Message[], after: string | null): readonly Message[] {
  const answer = messages.find(({ id }) => id === after)
  if (answer?.kind !== 'answer') return []
  const end = messages.findLastIndex((message) => message.kind === 'answer' && message.turn === answer.turn)
  return messages.slice(0, end + 1)
}

type Page = { readonly items: readonly Message[]; readonly before: string | null }

function joined(was: ThreadState, head: Conversation, page: Page): ThreadState {
  const known = was.is === 'ready' ? was : undefined
  const messages = known ? joinTail(known.messages, page.items) : 'elsewhere'
  if (!known || messages === 'elsewhere')
    return { is: 'ready', older: 'idle', head, messages: page.items, before: page.before }
  return { ...known, head, messages, older: known.older === 'loading' ? 'loading' : 'idle' }
}
