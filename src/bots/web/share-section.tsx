import { Trans, useLingui } from '@lingui/react/macro'
import { Check, Copy, Ellipsis, RefreshCw } from 'lucide-react'
import { useState } from 'react'
import {
  getBot,
  getMyBot,
  listMyBots,
  renewLink,
  searchBots,
  setVisibility,
  visibilities,
  type StudioBot,
} from '#bots/contract'
import { isRefusal } from '#kernel/contract'
import { Button, Input, Link, Menu, places, Refused, Section, Segments, useCopy, useToast, useWrite } from '#ui'

const stale = [getMyBot, getBot, listMyBots, searchBots]

/** Who may use a bot, and the link that says so. */
export function ShareSection({ bot }: { readonly bot: StudioBot }) {
  const { t } = useLingui()
  const toast = useToast()
  const changing = useWrite(setVisibility, { refresh: stale })
  const [wanted, setWanted] = useState(bot.visibility)
  const renewing = useWrite(renewLink, { refresh: stale })
  const change = async (to: string) => {
    const visibility = visibilities.find((each) => each === to)
    if (!visibility || visibility === bot.visibility) return
    const before = bot.visibility
    setWanted(visibility)
    const answer = await changing.run({ params: { bot: bot.id }, body: { visibility } })
    if (!answer || isRefusal(answer)) return
    const back = { run: () => changing.run({ params: { bot: bot.id }, body: { visibility: before } }) }
    if (visibility === 'withdrawn') toast({ words: t`${bot.sheet.name} is withdrawn.`, undo: back })
    if (visibility === 'public') toast({ kind: 'good', words: t`${bot.sheet.name} is in the catalogue.`, undo: back })
  }
  const renew = async () => {
    const answer = await renewing.run({ params: { bot: bot.id } })
    if (answer && !isRefusal(answer)) toast({ words: t`The old link opens nothing any more.` })
  }
  return (
    <Section
      title={<Trans>Who may use it</Trans>}
      actions={
        <Menu
          label={t`More about sharing`}
          size="s"
          icon={Ellipsis}
          items={[
            { label: t`Make a new link`, icon: RefreshCw, onSelect: () => void renew() },
            null,
            { label: t`Withdraw it`, danger: true, onSelect: () => void change('withdrawn') },
          ]}
        />
      }
    >
      <Segments
        label={t`Who may use it`}
        value={changing.running ? wanted : bot.visibility}
        onChange={(to) => void change(to)}
        options={[
          { value: 'draft', label: t`Only me` },
          { value: 'private', label: t`By link` },
          { value: 'public', label: t`Everybody` },
        ]}
        className="self-start"
      />
      <Refused refusal={changing.refusal ?? renewing.refusal} />
      <Meaning bot={bot} />
    </Section>
  )
}

function Meaning({ bot }: { readonly bot: StudioBot }) {
  switch (bot.visibility) {
    case 'draft':
      return (
        <p className="text-13 text-soft">
          <Trans>A draft. You can talk to it; nobody else knows of it.</Trans>
        </p>
      )
    case 'private':
      return (
        <>
          <CopyLink path={places.sharedBot(bot.handle, bot.link)} />
          <p className="text-13 text-soft">
            <Trans>Whoever opens this link signed in may use it from then on, until you make a new link.</Trans>
          </p>
        </>
      )
    case 'public':
      return (
        <>
          <CopyLink path={places.bot(bot.handle)} />
          <p className="text-13 text-soft">
            <Link to={places.bot(bot.handle)} className="link">
              <Trans>See its page as others do</Trans>
            </Link>
          </p>
        </>
      )
    case 'withdrawn':
      return (
        <p className="text-13 text-soft">
          <Trans>
            Withdrawn: nobody can talk to it. What it said stays in people’s conversations. Choose above to bring it
            back.
          </Trans>
        </p>
      )
  }
}

function CopyLink({ path }: { readonly path: string }) {
  const { t } = useLingui()
  const { copied, copy } = useCopy()
  const address = new URL(path, location.origin).href
  return (
    <div className="flex gap-2">
      <Input
        readOnly
        aria-label={t`Link`}
        value={address}
        onFocus={(event) => event.target.select()}
        className="min-w-0 font-mono text-13"
      />
      <Button icon={copied ? Check : Copy} onClick={() => void copy(address)}>
        {copied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
      </Button>
    </div>
  )
}
