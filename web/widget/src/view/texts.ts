const en = {
  title: 'Chat with us',
  greeting: 'Hello! Ask us anything. Your messages and our answers stay here, also when you come back later.',
  open: 'Open chat',
  close: 'Close chat',
  unreadOne: '1 unread message',
  unread: '{n} unread messages',
  region: 'Conversation',
  write: 'Write a message …',
  send: 'Send',
  you: 'You',
  said: '{name} wrote:',
  sending: 'Sending …',
  failed: 'Not sent.',
  again: 'Try again',
  typing: '{name} is typing …',
  older: 'Earlier messages',
  newer: 'New messages',
  newFrom: 'New message from {name}',
  connecting: 'Connecting …',
  offline: 'You are offline. What you send goes out as soon as you are back.',
  reconnecting: 'The connection is interrupted. Trying again …',
  slow: 'That was a lot at once: sent in a moment.',
  gone: 'This chat is not available at the moment.',
  fresh: 'Your earlier conversation has ended. What you write now begins a new one.',
};

/** Everything that the widget says. */
export type Texts = typeof en;

const de: Texts = {
  title: 'Chat',
  greeting: 'Hallo! Fragen Sie uns einfach. Ihre Nachrichten und unsere Antworten bleiben hier, auch bei Ihrem nächsten Besuch.',
  open: 'Chat öffnen',
  close: 'Chat schließen',
  unreadOne: '1 ungelesene Nachricht',
  unread: '{n} ungelesene Nachrichten',
  region: 'Unterhaltung',
  write: 'Nachricht schreiben …',
  send: 'Senden',
  you: 'Sie',
  said: '{name} schrieb:',
  sending: 'Wird gesendet …',
  failed: 'Nicht gesendet.',
  again: 'Erneut versuchen',
  typing: '{name} schreibt …',
  older: 'Frühere Nachrichten',
  newer: 'Neue Nachrichten',
  newFrom: 'Neue Nachricht von {name}',
  connecting: 'Verbinden …',
  offline: 'Sie sind offline. Gesendet wird, sobald Sie wieder online sind.',
  reconnecting: 'Die Verbindung ist unterbrochen. Neuer Versuch läuft …',
  slow: 'Das war viel auf einmal: Gleich wird gesendet.',
  gone: 'Dieser Chat ist gerade nicht verfügbar.',
  fresh: 'Ihre frühere Unterhaltung ist beendet. Was Sie jetzt schreiben, beginnt eine neue.',
};

const fr: Texts = {
  title: 'Écrivez-nous',
  greeting: 'Bonjour ! Posez-nous vos questions. Vos messages et nos réponses restent ici, même à votre prochaine visite.',
  open: 'Ouvrir la discussion',
  close: 'Fermer la discussion',
  unreadOne: '1 message non lu',
  unread: '{n} messages non lus',
  region: 'Conversation',
  write: 'Écrire un message…',
  send: 'Envoyer',
  you: 'Vous',
  said: '{name} a écrit :',
  sending: 'Envoi…',
  failed: 'Non envoyé.',
  again: 'Réessayer',
  typing: '{name} écrit…',
  older: 'Messages précédents',
  newer: 'Nouveaux messages',
  newFrom: 'Nouveau message de {name}',
  connecting: 'Connexion…',
  offline: 'Vous êtes hors ligne. L’envoi se fera à votre retour.',
  reconnecting: 'La connexion est interrompue. Nouvelle tentative…',
  slow: 'Cela fait beaucoup à la fois : envoi dans un instant.',
  gone: 'Cette discussion n’est pas disponible pour le moment.',
  fresh: 'Votre conversation précédente est terminée. Votre prochain message en commence une nouvelle.',
};

const es: Texts = {
  title: 'Escríbenos',
  greeting: '¡Hola! Pregúntanos lo que quieras. Tus mensajes y nuestras respuestas se quedan aquí, también en tu próxima visita.',
  open: 'Abrir el chat',
  close: 'Cerrar el chat',
  unreadOne: '1 mensaje sin leer',
  unread: '{n} mensajes sin leer',
  region: 'Conversación',
  write: 'Escribe un mensaje…',
  send: 'Enviar',
  you: 'Tú',
  said: '{name} escribió:',
  sending: 'Enviando…',
  failed: 'No se ha enviado.',
  again: 'Reintentar',
  typing: '{name} está escribiendo…',
  older: 'Mensajes anteriores',
  newer: 'Mensajes nuevos',
  newFrom: 'Nuevo mensaje de {name}',
  connecting: 'Conectando…',
  offline: 'No tienes conexión. Lo que envíes saldrá en cuanto vuelva.',
  reconnecting: 'Se ha interrumpido la conexión. Reintentando…',
  slow: 'Son muchos mensajes a la vez: se enviará en un momento.',
  gone: 'Este chat no está disponible en este momento.',
  fresh: 'Tu conversación anterior ha terminado. Lo que escribas ahora empieza una nueva.',
};

const all: Record<string, Texts> = {en, de, fr, es};

/** The texts of a language tag, and the tag that dates go by: English where the language is not known. */
export function textsOf(tag: string): {texts: Texts; language: string} {
  const texts = all[tag.toLowerCase().split(/[-_]/)[0]!];
  return texts ? {texts, language: canonical(tag)} : {texts: en, language: 'en'};
}

function canonical(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0]!;
  } catch {
    return tag.slice(0, 2);
  }
}

/** Puts values in the places of a text. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
