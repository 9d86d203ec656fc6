import { createHash } from 'node:crypto';
import type { APIGatewayProxyResult } from 'aws-lambda';

const STYLE = `
:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; color: light-dark(#1c1d22, #eceaf0); background: light-dark(#f6f5f2, #131419); }
main { max-width: 32rem; margin: 10vh auto; padding: 2rem; border-top: 8px solid light-dark(#2f3e6e, #a9b8f5); border-radius: 12px; background: light-dark(#fff, #1c1e25); }
h1 { margin: 0 0 1rem; font-size: 1.375rem; line-height: 1.3; }
button { padding: .875rem 1.5rem; border: 0; border-radius: 8px; background: light-dark(#2f3e6e, #a9b8f5); color: light-dark(#fff, #151a30); font: inherit; font-weight: 600; cursor: pointer; }
button:focus-visible { outline: 3px solid light-dark(#1c1d22, #eceaf0); outline-offset: 3px; }
`;

/** The page's style as a policy for content may name it, where styles in pages are not allowed otherwise. */
export const PAGE_STYLE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': `default-src 'none'; style-src ${PAGE_STYLE}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  // The address of the page is all that it takes to unsubscribe.
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Robots-Tag': 'noindex',
};

const PAGES = {
  ASKED: {
    statusCode: 200,
    title: 'Unsubscribe from offers?',
    body: `<p>You will get no more e-mails about other events and offers. What belongs to your tickets is sent all the same.</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>Unsubscribe</button></form>`,
  },
  DONE: {
    statusCode: 200,
    title: 'You are unsubscribed',
    body: '<p>You get no more e-mails about other events and offers. What belongs to your tickets is sent all the same.</p>',
  },
  UNKNOWN: {
    statusCode: 404,
    title: 'This link does not work',
    body: '<p>It is not complete, or it is not one of ours. Open it from the e-mail itself, or copy it as a whole.</p>',
  },
} as const;

export function unsubscriptionPage(page: keyof typeof PAGES): APIGatewayProxyResult {
  const { statusCode, title, body } = PAGES[page];
  return {
    statusCode,
    headers: HEADERS,
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – EventPro</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`,
  };
}
