import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import type { MessageDescriptor } from '@lingui/core'
import { useState } from 'react'
import { isRefusal } from '#kernel/contract'
import { listLines, setLine, type Line } from '#app/contract'
import { Ago, Confirm, Read, Refused, Section, SkeletonRows, Switch, Tag, useRead, useWrite } from '#ui'

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
  const [closing, setClosing] = useState(false)
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
  const set = async (state: 'open' | 'closed') => {
    const answer = await setting.run({ params: { line: line.name }, body: { state } })
    if (answer && !isRefusal(answer)) setClosing(false)
  }
  return (
    <li className="flex flex-col gap-2 border-b border-hair py-3">
      <Switch
        label={name}
        hint={known && t(known.hint)}
        checked={open}
        disabled={setting.running}
        onChange={(next) => (next ? void set('open') : setClosing(true))}
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
      {!closing && <Refused refusal={setting.refusal} />}
      <Confirm
        open={closing}
        onClose={() => setClosing(false)}
        title={<Trans>Close {name}?</Trans>}
        action={<Trans>Close it</Trans>}
        busy={setting.running}
        onConfirm={() => void set('closed')}
      >
        <WhatCloses line={line.name} />
        <Refused refusal={setting.refusal} />
      </Confirm>
    </li>
  )
}

/** What stops and what goes on, so that nobody closes more than was meant, or fears to. */
function WhatCloses({ line }: { readonly line: string }) {
  if (line !== 'messages') return <Trans>It sells nothing new from now on. What was sold is still served.</Trans>
  return (
    <div className="flex flex-col gap-3">
      <p>
        <Trans>From now on, for everybody:</Trans>
      </p>
      <ul className="flex list-disc flex-col gap-1 pl-5 text-soft">
        <li>
          <Trans>No message that costs points can be sent. Whoever tries is told that they are closed.</Trans>
        </li>
        <li>
          <Trans>Answers that are being given go on, are charged, and earn their creators as ever.</Trans>
        </li>
        <li>
          <Trans>Free bots answer as ever. Points stay, and can still be bought.</Trans>
        </li>
      </ul>
      <p>
        <Trans>You can open it again at any time, and it goes on where it stopped.</Trans>
      </p>
    </div>
  )
}
