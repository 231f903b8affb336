// The package's main file prints a warning on Node releases without long-term support; this one is quiet.
declare module 'oidc-provider/lib/provider.js' {
  export { Provider } from 'oidc-provider'
}
