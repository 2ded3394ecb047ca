import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { listVersions, type StudioBot } from '#bots/contract'
import { Ago, Button, Read, Section, SkeletonRows, useRead, useToast } from '#ui'
import { draftOf, type Draft } from './draft.ts'

type VersionsProps = { readonly bot: StudioBot; readonly onTake: (draft: Draft) => void }

const shownAtFirst = 5

/** Every save there was. An old one comes back into the form, and becomes the newest when it is saved. */
export function VersionsSection({ bot, onTake }: VersionsProps) {
  const { t } = useLingui()
  const toast = useToast()
  const [all, setAll] = useState(false)
  const read = useRead(listVersions, { params: { bot: bot.id } })
  if (bot.version === 1) return null
  return (
    <Section title={<Trans>Versions</Trans>}>
      <Read of={read} loading={<SkeletonRows count={3} className="h-9" />}>
        {({ items }) => (
          <>
            <ol className="flex flex-col divide-y divide-hair border-y border-hair text-13">
              {items.slice(0, all ? items.length : shownAtFirst).map(({ version, at, sheet }) => (
                <li key={version} className="flex items-center gap-3 py-1.5">
                  <span className="figure w-8 text-faint">{version}</span>
                  <span className="min-w-0 flex-1 truncate">{sheet.name}</span>
                  <Ago at={at} className="text-faint" />
                  {version === bot.version ? (
                    <span className="w-16 text-center text-faint">
                      <Trans>now</Trans>
                    </span>
                  ) : (
                    <Button
                      size="s"
                      kind="quiet"
                      className="w-16"
                      onClick={() => {
                        onTake(draftOf(sheet))
                        toast({ words: t`Version ${version} is in the form. Save it to bring it back.` })
                      }}
                    >
                      <Trans>Take</Trans>
                    </Button>
                  )}
                </li>
              ))}
            </ol>
            {!all && items.length > shownAtFirst && (
              <Button size="s" kind="quiet" className="-ml-2.5 self-start" onClick={() => setAll(true)}>
                <Trans>Show all</Trans>
              </Button>
            )}
          </>
        )}
      </Read>
    </Section>
  )
}
