/** What a small shop tells its visitors, in a few languages. Emoji and accents on purpose. 🌍 */

export type Language = 'en' | 'de' | 'fr' | 'es' | 'ja';
export type Key = 'welcome' | 'cart' | 'empty' | 'shipped' | 'failed' | 'bye';

const messages: Record<Language, Record<Key, string>> = {
  en: {
    welcome: 'Good to see you, {name}! 👋',
    cart: '🛒 {count} items in your cart',
    empty: 'Your cart is empty',
    shipped: '📦 Order "{order}" is on its way',
    failed: '⚠️ That did not work: {reason}',
    bye: 'See you soon! 🙂',
  },
  de: {
    welcome: 'Schön, dich zu sehen, {name}! 👋',
    cart: '🛒 {count} Artikel im Korb',
    empty: 'Dein Korb ist leer',
    shipped: '📦 Bestellung „{order}“ ist unterwegs',
    failed: '⚠️ Das ging nicht: {reason}',
    bye: 'Bis bald! 🙂',
  },
  fr: {
    welcome: 'Bonjour {name}, ça va ? 👋',
    cart: '🛒 {count} articles dans le panier',
    empty: 'Le panier est vide',
    shipped: '📦 La commande « {order} » est en route',
    failed: '⚠️ Échec : {reason}',
    bye: 'À bientôt ! 🙂',
  },
  es: {
    welcome: '¡Hola, {name}! 👋',
    cart: '🛒 {count} artículos en la cesta',
    empty: 'La cesta está vacía',
    shipped: '📦 El pedido «{order}» está en camino',
    failed: '⚠️ No funcionó: {reason}',
    bye: '¡Hasta pronto! 🙂',
  },
  ja: {
    welcome: 'ようこそ、{name}さん 👋',
    cart: '🛒 カートに{count}点',
    empty: 'カートは空です',
    shipped: '📦 注文「{order}」を発送しました',
    failed: '⚠️ 失敗しました: {reason}',
    bye: 'またね 🙂',
  },
};

export function translate(language: Language, key: Key, values: Record<string, string | number> = {}): string {
  const text = messages[language]?.[key] ?? messages.en[key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** Counts what a reader sees: "👩‍👩‍👧" is one sign, though it is five code points. */
export function visibleLength(text: string): number {
  let count = 0;
  for (const _ of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) count++;
  return count;
}

export function shorten(text: string, limit: number): string {
  if (visibleLength(text) <= limit) return text;
  const signs = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map((part) => part.segment);
  return signs.slice(0, limit - 1).join('') + '…';
}
