import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { getBot, getMyBot, listMyBots, searchBots, setPrice, type StudioBot } from '#bots/contract'
import { isRefusal } from '#kernel/contract'
import { Button, Instant, Refused, Section, useToast, useWrite } from '#ui'
import { priceInForce, useLatest, useWrittenPrice } from './draft.ts'
import { checkPrice, PriceField } from './price-field.tsx'
import { writePrice } from './price.ts'

/** The price in force, and a new one, which holds for every quote from then on. */
export function PriceSection({ bot }: { readonly bot: StudioBot }) {
  const { t } = useLingui()
  const toast = useToast()
  const [saved, setSaved] = useState(bot.price)
  const price = saved.version > bot.price.version ? saved : bot.price
  const shown = writePrice(price.usdPerThousand)
  const [written, write] = useWrittenPrice(bot.id)
  const text = written === priceInForce ? shown : written
  const latest = useLatest(text)
  const setting = useWrite(setPrice, { refresh: [getMyBot, getBot, listMyBots, searchBots] })
  const checked = checkPrice(text)
  const isInForce = 'micro' in checked && checked.micro === price.usdPerThousand
  const save = async () => {
    if (!('micro' in checked)) return
    const before = price.usdPerThousand
    const set = (usdPerThousand: bigint) => setting.run({ params: { bot: bot.id }, body: { usdPerThousand } })
    const answer = await set(checked.micro)
    if (!answer || isRefusal(answer)) return
    setSaved(answer.price)
    write(latest.current === text ? priceInForce : latest.current)
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
        <PriceField text={text} onText={(typed) => write(typed === shown ? priceInForce : typed)} />
        <Refused refusal={setting.refusal} />
        <div className="flex items-center gap-3">
          <Button type="submit" busy={setting.running} disabled={isInForce || !('micro' in checked)}>
            <Trans>Set the price</Trans>
          </Button>
          <span className="text-13 text-faint">
            {isInForce ? (
              <Trans>
                In force since <Instant at={price.at} />
              </Trans>
            ) : (
              <Trans>Not saved yet</Trans>
            )}
          </span>
        </div>
      </form>
    </Section>
  )
}
