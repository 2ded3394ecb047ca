import { Trans, useLingui } from '@lingui/react/macro'
import { Download, Ellipsis, Pencil, Pin, PinOff, Trash2 } from 'lucide-react'
import {
  changeConversation,
  deleteConversation,
  exportConversation,
  listConversations,
  restoreConversation,
  type ConversationCard,
} from '#chat/contract'
import { isRefusal } from '#kernel/contract'
import { Menu, places, useAddress, useCall, useGo, useToast, useWrite } from '#ui'

type MenuProps = {
  readonly card: ConversationCard
  readonly onRename: () => void
  readonly onPinned?: (pinned: boolean) => void
}

/** What one may do with a conversation. Deleting asks nothing, and can be undone. */
export function ConversationMenu({ card, onRename, onPinned }: MenuProps) {
  const { t } = useLingui()
  const go = useGo()
  const { path } = useAddress()
  const toast = useToast()
  const call = useCall()
  const refresh = { refresh: [listConversations] }
  const change = useWrite(changeConversation, refresh)
  const remove = useWrite(deleteConversation, refresh)
  const restore = useWrite(restoreConversation, refresh)
  const params = { conversation: card.id }
  const pin = async () => {
    const changed = await change.run({ params, body: { pinned: !card.pinned } })
    if (changed && !isRefusal(changed)) onPinned?.(changed.pinned)
  }
  const leave = async () => {
    const removed = await remove.run({ params })
    if (!removed || isRefusal(removed)) return
    const wasOpen = path === places.chat(card.id)
    if (wasOpen) go(places.chats)
    const undo = async () => {
      await restore.run({ params })
      if (wasOpen) go(places.chat(card.id))
    }
    toast({ words: <Trans>“{card.title}” is deleted.</Trans>, undo: { run: undo } })
  }
  const save = async (form: 'markdown' | 'json') => {
    const file = await call(exportConversation, { params, query: { form } }).catch(() => undefined)
    if (file === undefined) toast({ kind: 'bad', words: <Trans>It could not be exported. Try again.</Trans> })
    else if (isRefusal(file)) toast({ kind: 'bad', words: file.detail })
    else download(file)
  }
  return (
    <Menu
      label={t`More about ${card.title}`}
      icon={Ellipsis}
      items={[
        { label: <Trans>Rename</Trans>, icon: Pencil, onSelect: onRename },
        {
          label: card.pinned ? <Trans>Unpin</Trans> : <Trans>Pin</Trans>,
          icon: card.pinned ? PinOff : Pin,
          onSelect: () => void pin(),
        },
        null,
        { label: <Trans>Save as Markdown</Trans>, icon: Download, onSelect: () => void save('markdown') },
        { label: <Trans>Save as JSON</Trans>, icon: Download, onSelect: () => void save('json') },
        null,
        { label: <Trans>Delete</Trans>, icon: Trash2, danger: true, onSelect: () => void leave() },
      ]}
    />
  )
}

function download({ name, type, text }: { readonly name: string; readonly type: string; readonly text: string }): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
