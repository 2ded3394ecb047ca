import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { getBot, getMyBot, listMyBots, searchBots, setPrice, type StudioBot } from '#bots/contract'
import { isRefusal } from '#kernel/contract'
import { Button, Instant, Refused, Section, useToast, useWrite } from '#ui'
import { checkPrice, PriceField } from './price-field.tsx'
import { writePrice } from './price.ts'

/** The price in force, and a new one, which holds for every quote from then on. */
export function PriceSection({ bot }: { readonly bot: StudioBot }) {
  const { t } = useLingui()
  const toast = useToast()
  const [text, setText] = useState(writePrice(bot.price.usdPerThousand))
  const setting = useWrite(setPrice, { refresh: [getMyBot, getBot, listMyBots, searchBots] })
  const checked = checkPrice(text)
  const changed = 'micro' in checked && checked.micro !== bot.price.usdPerThousand
  const save = async () => {
    if (!('micro' in checked)) return
    const before = bot.price.usdPerThousand
    const set = (usdPerThousand: bigint) => setting.run({ params: { bot: bot.id }, body: { usdPerThousand } })
    const answer = await set(checked.micro)
    if (!answer || isRefusal(answer)) return
    toast({ kind: 'good', words: t`The new price is in force.`, undo: { run: () => set(before) } })
  }
  return (
    <Section title={<Trans>Price</Trans>}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
        className="flex flex-col gap-3"
      >
        <PriceField text={text} onText={setText} />
        <Refused refusal={setting.refusal} />
        <div className="flex items-center gap-3">
          <Button type="submit" busy={setting.running} disabled={!changed}>
            <Trans>Set the price</Trans>
          </Button>
          <span className="text-13 text-faint">
            <Trans>
              In force since <Instant at={bot.price.at} />
            </Trans>
          </span>
        </div>
      </form>
    </Section>
  )
}
