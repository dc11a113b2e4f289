/* The only door for script addresses under `require-trusted-types-for 'script'`: our own origin, nothing else. */

interface Policy {
  createScriptURL(url: string): string;
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

function sameOrigin(url: string): string {
  const full = new URL(url, location.href);
  if (full.origin !== location.origin) throw new TypeError(`script address outside this origin: ${full.origin}`);
  return full.href;
}

const factory = (globalThis as unknown as { trustedTypes?: Factory }).trustedTypes;
const policy: Policy = factory?.createPolicy('comptoir', { createScriptURL: sameOrigin }) ?? {
  createScriptURL: sameOrigin,
};

export const scriptUrl = (url: string): string => policy.createScriptURL(url);
