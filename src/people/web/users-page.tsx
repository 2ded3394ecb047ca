import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Ban, Ellipsis, KeyRound, RotateCcw, ShieldCheck, ShieldOff } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { isRefusal } from '#kernel/contract'
import { listUsers, updateUser, type User } from '#people/contract'
import {
  Day,
  EmptyState,
  Menu,
  Page,
  PersonMark,
  Read,
  ReadMore,
  SearchInput,
  SkeletonRows,
  Table,
  Tag,
  useRead,
  useReadPages,
  useRefresh,
  useCall,
  useSearchText,
  useToast,
  type Column,
} from '#ui'
import { ResetLinkDialog } from './reset-link-dialog.tsx'

/** Everybody who has an account here. */
export function UsersPage() {
  const { t } = useLingui()
  const [typed, setTyped] = useSearchText('q')
  const search = useDeferredValue(typed.trim())
  const pages = useReadPages(
    listUsers,
    (after) => ({ query: { ...(search ? { search } : {}), ...(after ? { after } : {}) } }),
    { next: (page) => page.next, items: (page) => page.users, keep: true },
  )
  const [resetting, setResetting] = useState<User>()
  return (
    <Page title={t`People`} width="wide" actions={<Total search={search} />}>
      <SearchInput
        label={t`Find by name, e-mail or id`}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className="mb-4 max-w-104"
      />
      <Read of={pages.of} loading={<SkeletonRows count={8} className="h-12" />}>
        {(users) => (
          <>
            <UserTable users={users} onReset={setResetting} />
            {users.length > 0 && <ReadMore of={pages} />}
          </>
        )}
      </Read>
      <ResetLinkDialog user={resetting} onClose={() => setResetting(undefined)} />
    </Page>
  )
}

function Total({ search }: { readonly search: string }) {
  const read = useRead(listUsers, { query: search ? { search } : {} }, { keep: true })
  if (read.state !== 'ready') return null
  return (
    <span className="text-13 text-faint">
      <Plural value={read.value.total} one="# person" other="# people" />
    </span>
  )
}

type TableProps = { readonly users: readonly User[]; readonly onReset: (user: User) => void }

function UserTable({ users, onReset }: TableProps) {
  const { t } = useLingui()
  const columns: readonly Column<User>[] = [
    { key: 'name', head: <Trans>Name</Trans>, cell: (user) => <Who user={user} /> },
    { key: 'state', head: <Trans>State</Trans>, cell: (user) => <State user={user} />, hideOnPhone: true },
    { key: 'since', head: <Trans>Since</Trans>, cell: ({ since }) => <Day at={since} />, hideOnPhone: true },
    {
      key: 'actions',
      head: <span className="sr-only">{t`Actions`}</span>,
      align: 'right',
      cell: (user) => <Actions user={user} onReset={onReset} />,
    },
  ]
  return (
    <Table
      label={t`People`}
      columns={columns}
      rows={users}
      rowKey={({ id }) => id}
      empty={
        <EmptyState title={<Trans>Nobody is called that</Trans>}>
          <Trans>Search for a part of a name or an e-mail, or for a whole id.</Trans>
        </EmptyState>
      }
    />
  )
}

function Who({ user }: { readonly user: User }) {
  return (
    <span className="flex items-center gap-3">
      <PersonMark name={user.name} size={32} />
      <span className="max-w-[calc(100vw-9rem)] min-w-0">
        <span className="block truncate text-15">{user.name || <Trans>Closed account</Trans>}</span>
        <span className="block truncate text-faint">{user.email ?? user.id}</span>
        {!isOrdinary(user) && (
          <span className="mt-1 block md:hidden">
            <State user={user} />
          </span>
        )}
      </span>
    </span>
  )
}

const isOrdinary = ({ role, state }: User) => role === 'member' && state === 'active'

function State({ user }: { readonly user: User }) {
  if (user.state === 'suspended')
    return (
      <Tag tone="bad">
        <Trans>Suspended</Trans>
      </Tag>
    )
  if (user.state === 'closed')
    return (
      <Tag>
        <Trans>Closed</Trans>
      </Tag>
    )
  return user.role === 'operator' ? (
    <Tag tone="accent">
      <Trans>Operator</Trans>
    </Tag>
  ) : (
    <span className="text-faint">
      <Trans>Member</Trans>
    </span>
  )
}

type Change = { readonly role?: User['role']; readonly state?: 'active' | 'suspended' }

function Actions({ user, onReset }: { readonly user: User; readonly onReset: (user: User) => void }) {
  const { t } = useLingui()
  const change = useUserChange(user)
  if (user.state === 'closed') return null
  const { name } = user
  const role =
    user.role === 'operator'
      ? {
          label: t`Make a member`,
          icon: ShieldOff,
          onSelect: () =>
            change({ role: 'member' }, { words: t`${name} is a member again.`, back: { role: 'operator' } }),
        }
      : {
          label: t`Make an operator`,
          icon: ShieldCheck,
          onSelect: () =>
            change({ role: 'operator' }, { words: t`${name} is an operator now.`, back: { role: 'member' } }),
        }
  const state =
    user.state === 'suspended'
      ? {
          label: t`Restore`,
          icon: RotateCcw,
          onSelect: () => change({ state: 'active' }, { words: t`${name} may come in again.` }),
        }
      : {
          label: t`Suspend`,
          icon: Ban,
          danger: true,
          onSelect: () => change({ state: 'suspended' }, { words: t`${name} is out.`, back: { state: 'active' } }),
        }
  return (
    <Menu
      label={t`What to do with ${name}`}
      icon={Ellipsis}
      size="s"
      items={[{ label: t`New password by link`, icon: KeyRound, onSelect: () => onReset(user) }, role, null, state]}
    />
  )
}

/** Changes a user and offers to take it back. */
function useUserChange(user: User) {
  const call = useCall()
  const refresh = useRefresh()
  const toast = useToast()
  const { t } = useLingui()
  const send = async (change: Change, told?: { readonly words: string; readonly back?: Change }) => {
    try {
      const answer = await call(updateUser, { params: { user: user.id }, body: change })
      if (isRefusal(answer)) return toast({ kind: 'bad', words: answer.detail })
      refresh(listUsers)
      const back = told?.back
      if (told) toast({ words: told.words, ...(back ? { undo: { run: () => send(back) } } : {}) })
    } catch {
      toast({ kind: 'bad', words: t`That could not be changed. Try again.` })
    }
  }
  return (change: Change, told: { readonly words: string; readonly back?: Change }) => void send(change, told)
}
