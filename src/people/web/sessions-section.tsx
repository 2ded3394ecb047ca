import { Trans, useLingui } from '@lingui/react/macro'
import { MonitorSmartphone } from 'lucide-react'
import { endSession, endSessions, listSessions, type Session } from '#people/contract'
import { Ago, Button, Read, Section, SkeletonRows, Tag, useRead, useWrite } from '#ui'
import { deviceOf } from './device.ts'
import { leave } from './leave.ts'

export function SessionsSection() {
  const read = useRead(listSessions, {})
  const endingAll = useWrite(endSessions)
  const endAll = async () => {
    if (await endingAll.run({})) leave()
  }
  return (
    <Section
      title={<Trans>Signed in on</Trans>}
      actions={
        <Button size="s" busy={endingAll.running} onClick={() => void endAll()}>
          <Trans>Sign out everywhere</Trans>
        </Button>
      }
    >
      <Read of={read} loading={<SkeletonRows count={2} />}>
        {({ sessions }) => (
          <ul className="flex flex-col">
            {sessions.map((session) => (
              <Device key={session.id} session={session} />
            ))}
          </ul>
        )}
      </Read>
    </Section>
  )
}

function Device({ session }: { readonly session: Session }) {
  const { t } = useLingui()
  const ending = useWrite(endSession, { refresh: [listSessions] })
  const { browser, system } = deviceOf(session.device)
  const name = browser && system ? t`${browser} on ${system}` : browser || system || t`An unknown device`
  return (
    <li className="flex items-center gap-4 border-b border-hair py-3 last:border-0">
      <MonitorSmartphone size={20} strokeWidth={1.5} className="shrink-0 text-faint" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="truncate">{name}</p>
        <p className="truncate text-13 text-faint">
          <Trans>
            Since <Ago at={session.since} />
          </Trans>
          {session.address && (
            <>
              {' · '}
              <span className="figure text-12">{session.address}</span>
            </>
          )}
        </p>
      </div>
      {session.current ? (
        <Tag tone="good">
          <Trans>This one</Trans>
        </Tag>
      ) : (
        <Button
          size="s"
          busy={ending.running}
          aria-label={t`Sign out ${name}`}
          onClick={() => void ending.run({ params: { session: session.id } })}
        >
          <Trans>Sign out</Trans>
        </Button>
      )}
    </li>
  )
}
