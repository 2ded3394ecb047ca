import { Trans, useLingui } from '@lingui/react/macro'
import { useState, type FormEvent } from 'react'
import { createBot, handleText, listMyBots, setVisibility } from '#bots/contract'
import { isRefusal } from '#kernel/contract'
import { Button, LinkButton, newId, Page, places, Refused, useGo, useStored, useWrite } from '#ui'
import { emptyDraft, useDraft, useHandOver } from './draft.ts'
import { HandleField } from './handle-field.tsx'
import { handleFrom } from './handle.ts'
import { checkPrice, PriceField } from './price-field.tsx'
import { Preview } from './preview.tsx'
import { MainFields, NameField } from './sheet-fields.tsx'

/** No handle can be this: it follows the name until somebody writes one. */
const derived = '*'

/** From nothing to a bot that answers and earns: a name, a line, a model, a prompt, a price. */
export function NewBotPage() {
  const { t } = useLingui()
  const drafting = useDraft('new', { version: 0, draft: emptyDraft })
  const [handleWritten, setHandle] = useStored('bots.draft.new.handle', derived)
  const [price, setPrice] = useStored('bots.draft.new.price', '0')
  const [tried, setTried] = useState(false)
  const [id] = useState(newId)
  const written = { draft: drafting.draft, price }
  const handOver = useHandOver(id, written)
  const making = useMaking(id, () => {
    handOver(written)
    drafting.drop()
    setHandle(derived)
    setPrice('0')
  })
  const handle = handleWritten === derived ? handleFrom(drafting.draft.name) : handleWritten
  const handleRead = handleText.safeParse(handle)
  const checked = checkPrice(price)
  const make = (visibility: 'draft' | 'public') => {
    setTried(true)
    const sheet = drafting.check()
    if (sheet && handleRead.success && 'micro' in checked)
      void making.run({ handle: handleRead.data, sheet, usdPerThousand: checked.micro, visibility })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make('draft')
  }
  return (
    <Page title={t`A new bot`} width="wide" back={{ to: places.studio, label: t`Studio` }}>
      <div className="grid items-start gap-10 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <form noValidate onSubmit={submit} className="flex max-w-160 flex-col gap-5">
          <div className="grid gap-5 sm:grid-cols-2">
            <NameField drafting={drafting} />
            <HandleField
              value={handle}
              onChange={setHandle}
              refusal={tried && !handleRead.success ? handleRead.error.issues[0]?.message : undefined}
            />
          </div>
          <MainFields drafting={drafting} />
          <PriceField text={price} onText={setPrice} />
          <Refused
            refusal={making.refusal}
            action={
              making.refusal?.refused === 'made_already' && (
                <LinkButton size="s" to={places.studioBot(id)}>
                  <Trans>Open it</Trans>
                </LinkButton>
              )
            }
          />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" kind="accent" size="l" busy={making.running}>
              <Trans>Make it</Trans>
            </Button>
            <Button size="l" busy={making.running} onClick={() => make('public')}>
              <Trans>Make it and publish it</Trans>
            </Button>
          </div>
          <p className="text-13 text-faint">
            <Trans>It begins as a draft that you alone can talk to. All but the handle can be changed later.</Trans>
          </p>
        </form>
        <Preview draft={drafting.draft} handle={handle} usdPerThousand={'micro' in checked ? checked.micro : 0n} />
      </div>
    </Page>
  )
}

type Asked = Pick<
  Parameters<ReturnType<typeof useWrite<typeof createBot>>['run']>[0]['body'],
  'handle' | 'sheet' | 'usdPerThousand'
>

/** Makes the bot once, however often one presses, and goes to its workbench. Until then one may write on. */
function useMaking(id: string, leave: () => void) {
  const go = useGo()
  const creating = useWrite(createBot, { refresh: [listMyBots] })
  const publishing = useWrite(setVisibility, { refresh: [listMyBots] })
  return {
    running: creating.running || publishing.running,
    refusal: creating.refusal ?? publishing.refusal,
    run: async ({ visibility, ...asked }: Asked & { readonly visibility: 'draft' | 'public' }) => {
      const bot = await creating.run({ body: { id, owner: 'me', ...asked } })
      if (!bot || isRefusal(bot)) return
      if (visibility === 'public') await publishing.run({ params: { bot: bot.id }, body: { visibility } })
      leave()
      go(places.studioBot(bot.id))
    },
  }
}
