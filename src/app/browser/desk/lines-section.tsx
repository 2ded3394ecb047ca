import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import type { MessageDescriptor } from '@lingui/core'
import { listLines, setLine, type Line } from '#app/contract'
import { Ago, Read, Refused, Section, SkeletonRows, Switch, Tag, useRead, useWrite } from '#ui'

export function LinesSection() {
  const read = useRead(listLines, {})
  return (
    <Section
      title={<Trans>Lines of revenue</Trans>}
      hint={<Trans>A closed line sells nothing new; what was sold is still served.</Trans>}
    >
      <Read of={read} loading={<SkeletonRows count={1} className="h-16" />}>
        {({ lines }) => (
          <ul className="border-t border-hair">
            {lines.map((line) => (
              <LineRow key={line.name} line={line} />
            ))}
          </ul>
        )}
      </Read>
    </Section>
  )
}

const words: Readonly<Record<string, { readonly name: MessageDescriptor; readonly hint: MessageDescriptor }>> = {
  messages: { name: msg`Messages`, hint: msg`A price for each message, shared with the bot’s creator.` },
}

function LineRow({ line }: { readonly line: Line }) {
  const { t } = useLingui()
  const setting = useWrite(setLine, { refresh: [listLines] })
  const known = words[line.name]
  const name = known ? t(known.name) : line.name
  if (line.state === 'absent')
    return (
      <li className="flex items-center justify-between gap-4 border-b border-hair py-3">
        <span className="text-soft">{name}</span>
        <Tag>
          <Trans>Not in this install</Trans>
        </Tag>
      </li>
    )
  const open = line.state === 'open'
  return (
    <li className="flex flex-col gap-2 border-b border-hair py-3">
      <Switch
        label={name}
        hint={known && t(known.hint)}
        checked={open}
        disabled={setting.running}
        onChange={(next) =>
          void setting.run({ params: { line: line.name }, body: { state: next ? 'open' : 'closed' } })
        }
      />
      <p className="pl-12 text-13 text-faint">
        <Tag tone={open ? 'good' : 'amber'}>{open ? <Trans>Open</Trans> : <Trans>Closed</Trans>}</Tag>
        {line.changed && (
          <span className="ml-2">
            <Trans>
              by {line.changed.by}, <Ago at={line.changed.at} />
            </Trans>
          </span>
        )}
      </p>
      <Refused refusal={setting.refusal} />
    </li>
  )
}
