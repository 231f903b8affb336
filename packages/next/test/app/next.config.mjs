/** @type {import('next').NextConfig} */
export default { transpilePackages: ['@tesouro-tokens/conformance'], poweredByHeader: false }
