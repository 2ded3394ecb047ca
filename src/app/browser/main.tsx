import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { compileMessage } from '@lingui/message-utils/compileMessage'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { CallFault, client, subscribe } from '#kernel/contract'
import { getMe } from '#people/contract'
import { SlotsProvider, ToastProvider, WireProvider } from '#ui'
import { makeRouter } from './router.tsx'
import { rooms, slots } from './screens.ts'
import './styles.css'

// Messages stand in the code as people write them, so the browser compiles those that it shows.
i18n.setMessagesCompiler(compileMessage)
i18n.loadAndActivate({ locale: 'en', messages: {} })

/** A fault of ours may pass, and a lost connection too; what the contract does not know will not. */
const isWorthRetrying = (fault: unknown) => !(fault instanceof CallFault) || fault.status >= 500

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      networkMode: 'always',
      retry: (failures, fault) => failures < 1 && isWorthRetrying(fault),
    },
    mutations: { networkMode: 'always' },
  },
})

const wire = { call: client({ baseUrl: '' }), subscribe: subscribe({ baseUrl: '' }) }
const router = makeRouter(rooms)

// After an update of the server the files of the page that is open are gone: the new page, asked for once, has its own.
addEventListener('vite:preloadError', () => {
  if (sessionStorage.getItem('reloaded') === location.href) return
  sessionStorage.setItem('reloaded', location.href)
  location.reload()
})

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no root')

createRoot(root).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queries}>
        <WireProvider wire={wire} session={getMe}>
          <ToastProvider>
            <SlotsProvider slots={slots}>
              <RouterProvider router={router} />
            </SlotsProvider>
          </ToastProvider>
        </WireProvider>
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
)
