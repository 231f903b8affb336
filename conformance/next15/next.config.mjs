/**
 * The configuration of packages/next/test/app, built for less: its folder is thrown away, so that no cache helps the next
 * build, and nothing here loads a page. Routes stay as webpack bundles and minifies them for production. A `webpack` of
 * one's own also keeps the three compilations in one process.
 *
 * @type {import('next').NextConfig}
 */
export default {
  transpilePackages: ['@tesouro-tokens/conformance'],
  poweredByHeader: false,
  eslint: { ignoreDuringBuilds: true },
  typescript: { ignoreBuildErrors: true }, // it is JavaScript
  outputFileTracingExcludes: { '*': ['**/*'] }, // what a deployment would take with it
  webpack(config, { isServer }) {
    config.cache = false
    if (!isServer) config.optimization.minimize = false
    return config
  },
}
