import { Trans, useLingui } from '@lingui/react/macro'
import { MessageSquare } from 'lucide-react'
import { getBot, getMyBot, listMyBots, listVersions, saveBot, type StudioBot } from '#bots/contract'
import { isRefusal } from '#kernel/contract'
import {
  BotMark,
  Button,
  cx,
  Day,
  LinkButton,
  Notice,
  Page,
  places,
  Read,
  Refused,
  SkeletonRows,
  useRead,
  useRefresh,
  useToast,
  useWrite,
  type ScreenProps,
} from '#ui'
import { draftOf, useDraft, type Drafting } from './draft.ts'
import { PriceSection } from './price-section.tsx'
import { ShareSection } from './share-section.tsx'
import { MainFields, MoreFields, NameField } from './sheet-fields.tsx'
import { VersionsSection } from './versions-section.tsx'
import { VisibilityTag } from './visibility.tsx'

/** One bot of one's own: its sheet, its price, who may use it, and its past. */
export function WorkbenchPage({ params }: ScreenProps<'/studio/$bot'>) {
  const { t } = useLingui()
  const read = useRead(getMyBot, { params: { bot: params.bot } })
  return (
    <Read
      of={read}
      loading={<Loading />}
      around={(said) => (
        <Page title={t`Workbench`} back={{ to: places.studio, label: t`Studio` }}>
          {said}
        </Page>
      )}
    >
      {(bot) => <Workbench key={bot.id} bot={bot} />}
    </Read>
  )
}

function Loading() {
  return (
    <div className="mx-auto w-full max-w-280 px-4 pt-10 md:px-8">
      <SkeletonRows count={4} className="h-24" />
    </div>
  )
}

function Workbench({ bot }: { readonly bot: StudioBot }) {
  const { t } = useLingui()
  const drafting = useDraft(bot.id, standOf(bot))
  return (
    <Page
      title={bot.sheet.name}
      width="wide"
      back={{ to: places.studio, label: t`Studio` }}
      hint={
        <span className="flex flex-wrap items-center gap-2.5 text-13">
          <BotMark handle={bot.handle} size={24} />
          <span className="font-mono">@{bot.handle}</span>
          <VisibilityTag visibility={bot.visibility} />
          <span className="text-faint">
            <Trans>
              Version {bot.version}, <Day at={bot.updatedAt} />
            </Trans>
          </span>
        </span>
      }
      actions={
        bot.visibility !== 'withdrawn' && (
          <LinkButton kind="accent" size="l" icon={MessageSquare} to={places.newChat([bot.handle])}>
            <Trans>Try it</Trans>
          </LinkButton>
        )
      }
    >
      <div className="grid items-start gap-x-12 gap-y-10 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <aside className="flex flex-col gap-8 lg:order-2">
          <ShareSection bot={bot} />
          <PriceSection bot={bot} />
          <div className="max-lg:hidden">
            <VersionsSection bot={bot} onTake={drafting.set} />
          </div>
        </aside>
        <SheetForm bot={bot} drafting={drafting} />
        <div className="lg:hidden">
          <VersionsSection bot={bot} onTake={drafting.set} />
        </div>
      </div>
    </Page>
  )
}

function SheetForm({ bot, drafting }: { readonly bot: StudioBot; readonly drafting: Drafting }) {
  const toast = useToast()
  const { t } = useLingui()
  const refresh = useRefresh()
  const saving = useWrite(saveBot, { refresh: [getMyBot, getBot, listMyBots, listVersions] })
  const save = async () => {
    const sheet = drafting.check()
    if (!sheet) return
    const answer = await saving.run({ params: { bot: bot.id }, body: { basedOn: drafting.basedOn, sheet } })
    if (!answer) return
    if (isRefusal(answer)) {
      if (answer.refused === 'changed_meanwhile') refresh(getMyBot, listVersions)
      return
    }
    drafting.settle(standOf(answer), drafting.draft)
    const { version } = answer
    toast({ kind: 'good', words: t`Saved as version ${version}. Answers that are running keep theirs.` })
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
      className="flex min-w-0 flex-col gap-5"
    >
      <Unsaved version={bot.version} drafting={drafting} />
      <NameField drafting={drafting} />
      <MainFields drafting={drafting} />
      <MoreFields drafting={drafting} />
      {saving.refusal?.refused !== 'changed_meanwhile' && <Refused refusal={saving.refusal} />}
      <div
        data-foot
        className={cx(
          'sticky bottom-0 -mx-4 flex items-center gap-3 border-t border-hair bg-ground px-4 py-3 md:mx-0 md:px-0',
          'max-md:bottom-[calc(3.5rem+env(safe-area-inset-bottom))]',
        )}
      >
        <Button
          type="submit"
          kind={drafting.changed ? 'accent' : 'plain'}
          busy={saving.running}
          disabled={!drafting.changed}
        >
          <Trans>Save</Trans>
        </Button>
        <span className="text-13 text-faint" role="status">
          {drafting.changed ? <Trans>Not saved yet</Trans> : <Trans>All saved</Trans>}
        </span>
      </div>
    </form>
  )
}

const standOf = ({ version, sheet }: StudioBot) => ({ version, draft: draftOf(sheet) })

/** What becomes of a text that is not saved: of an earlier visit, or begun on a version that is no longer the newest. */
function Unsaved({ version, drafting }: { readonly version: number; readonly drafting: Drafting }) {
  if (!drafting.changed) return null
  if (drafting.basedOn < version)
    return (
      <Notice
        kind="amber"
        action={
          <span className="flex flex-wrap gap-2">
            <Button size="s" onClick={drafting.rebase}>
              <Trans>Keep mine</Trans>
            </Button>
            <Button size="s" onClick={drafting.drop}>
              <Trans>Take the newer one</Trans>
            </Button>
          </span>
        }
      >
        <Trans>Version {version} was saved elsewhere since you began. Your text is in the form, not saved.</Trans>
      </Notice>
    )
  if (!drafting.restored) return null
  return (
    <Notice
      action={
        <Button size="s" onClick={drafting.drop}>
          <Trans>Drop it</Trans>
        </Button>
      }
    >
      <Trans>What you had not saved is back in the form.</Trans>
    </Notice>
  )
}
