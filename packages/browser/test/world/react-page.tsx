// A provider as the vendor's is documented: it is keyed on the fetcher, asks when it is mounted and again some seconds
// before a token is over, and tries again after a failure with pauses of at most 30 s.
import { createWidgetTokenFetcher, type WidgetTokenFetcher } from '@tesouro-tokens/browser'
import { createContext, type ReactNode, StrictMode, use, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'

const Token = createContext<string | undefined>(undefined)

export function RefreshingRootWidgetProvider(props: {
  fetcher: () => Promise<{ widgetToken: string; exp?: number }>
  leadSeconds?: number
  children: ReactNode
}): ReactNode {
  const { fetcher, leadSeconds = 60, children } = props
  const [token, setToken] = useState<string>()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let over = false
    let pause = 1_000
    const mint = async (): Promise<void> => {
      try {
        const { widgetToken, exp = 0 } = await fetcher()
        if (over) return
        setToken(widgetToken)
        pause = 1_000
        timer = setTimeout(mint, Math.max(0, (exp - leadSeconds) * 1_000 - Date.now()))
      } catch {
        if (over) return
        timer = setTimeout(mint, pause)
        pause = Math.min(30_000, pause * 2)
      }
    }
    void mint()
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [fetcher, leadSeconds])
  return <Token value={token}>{children}</Token>
}

const fetcher: WidgetTokenFetcher = createWidgetTokenFetcher({
  userId: 'ana',
  onSignedOut: (why) => void window.seen.ends.push(why),
})

function Widget(): ReactNode {
  return <output>{use(Token) ?? 'loading'}</output>
}

function App(): ReactNode {
  const [renders, setRenders] = useState(0)
  const [shown, setShown] = useState(true)
  return (
    <>
      <button type="button" id="render" onClick={() => setRenders(renders + 1)}>
        render {renders}
      </button>
      <button type="button" id="toggle" onClick={() => setShown(!shown)}>
        toggle
      </button>
      {shown && (
        <RefreshingRootWidgetProvider fetcher={fetcher}>
          <Widget />
        </RefreshingRootWidgetProvider>
      )}
    </>
  )
}

createRoot(document.querySelector('main') ?? document.body).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
