export interface EmailHtml {
  readonly subject: string;
  readonly greeting: string;
  readonly message: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** @default none */
  readonly action?: { readonly label: string; readonly url: string };
  readonly note: string;
  /** Small, under the note. @default none */
  readonly link?: { readonly label: string; readonly url: string };
}

/**
 * An e-mail's HTML part. Mail programs know less than browsers: the layout is a table, each style is at its element,
 * and what is in the style sheet (dark colours) is only for those that read it. Dark mode that a program makes by itself
 * is left to it: every colour has its background beside it. The colours are the shop's: a test looks for each in `web/base.css`. All
 * that comes in is text, and escaped.
 */
export function emailHtml({ subject, greeting, message, facts, action, note, link }: EmailHtml): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>
@media (prefers-color-scheme: dark) {
  .page { background: #131419 !important; }
  .card { background: #1c1e25 !important; color: #eceaf0 !important; }
  .muted { color: #a9aab6 !important; }
  .fact { border-color: #32343e !important; }
  .button { background: #a9b8f5 !important; color: #151a30 !important; }
}
</style>
</head>
<body class="page" style="margin: 0; padding: 0; background: #f6f5f2;">
<!-- What an inbox shows beside the subject. -->
<div style="display: none; max-height: 0; overflow: hidden;">${escapeHtml(message)}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background: #f6f5f2;">
<tr><td align="center" style="padding: 24px 12px;">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="${CARD}">
<tr><td style="height: 8px; background: #2f3e6e; border-radius: 12px 12px 0 0; font-size: 0;">&nbsp;</td></tr>
<tr><td style="padding: 28px 28px 8px;">
<h1 style="margin: 0 0 16px; font-size: 22px; line-height: 1.3;">${escapeHtml(subject)}</h1>
<p style="margin: 0 0 8px;">${escapeHtml(greeting)}</p>
<p style="margin: 0;">${escapeHtml(message)}</p>
</td></tr>
<tr><td style="padding: 12px 28px;">
<table width="100%" cellpadding="0" cellspacing="0" style="border-collapse: collapse; font-size: 16px; line-height: 1.5;">
${facts.map(factRow).join('\n')}
</table>
</td></tr>
${action ? buttonRow(action) : ''}<tr><td class="muted" style="padding: 0 28px 28px; font-size: 14px; line-height: 1.5; color: #5c5e68;">
<p style="margin: 0 0 8px;">${escapeHtml(note)}</p>
${action ? `<p style="margin: 0; word-break: break-all;">${escapeHtml(action.url)}</p>\n` : ''}${link ? linkRow(link) : ''}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

const CARD = [
  'max-width: 560px; background: #ffffff; border-radius: 12px; text-align: left;',
  "font-family: -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; font-size: 16px; line-height: 1.5;",
  'color: #1c1d22;',
].join(' ');

/** Padded as an inline block: what is read as a button, is as large as a thumb, and works without images. */
const BUTTON = [
  'display: inline-block; padding: 14px 24px; background: #2f3e6e; color: #ffffff; border-radius: 8px;',
  'font-weight: 600; text-decoration: none;',
].join(' ');

function buttonRow({ label, url }: NonNullable<EmailHtml['action']>): string {
  return `<tr><td style="padding: 12px 28px 20px;">
<a href="${escapeHtml(url)}" class="button" style="${BUTTON}">${escapeHtml(label)}</a>
</td></tr>
`;
}

function linkRow({ label, url }: NonNullable<EmailHtml['link']>): string {
  return `<p style="margin: 0;"><a href="${escapeHtml(url)}" class="muted" style="color: #5c5e68;">${escapeHtml(label)}</a></p>\n`;
}

function factRow([label, value]: readonly [string, string]): string {
  const cell = 'padding: 8px 0; border-top: 1px solid #dcd9d2; vertical-align: top; text-align: left;';
  return (
    `<tr><th scope="row" class="fact muted" style="${cell} width: 96px; font-weight: 400; color: #5c5e68;">${escapeHtml(label)}</th>` +
    `<td class="fact" style="${cell} word-break: break-word;">${escapeHtml(value)}</td></tr>`
  );
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
