import { type Inbox } from './inbox';
import { json, limitOf, refusal, type Routes } from '../http/route';

/**
 * A mail is somebody else's page: it may be styled and shown, but runs nothing, loads nothing and reaches nothing. Its
 * links open in a tab of their own.
 */
const MAIL_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ');

/** What people received. */
export function inboxRoutes(inbox: Inbox): Routes {
  return {
    'GET /local/inbox': (_, request) =>
      json(200, { messages: [...inbox.list()].reverse().slice(0, limitOf(request)) }),

    'GET /local/inbox/*/html': ([id = '']) => {
      const html = inbox.list().find((message) => message.id === id)?.html;
      if (html === undefined) return refusal(404, `There is no message ${id} with an HTML body.`);
      return {
        statusCode: 200,
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'cache-control': 'no-store',
          'content-security-policy': MAIL_POLICY,
          'referrer-policy': 'no-referrer',
        },
        body: html.replace(/^(\s*<!doctype[^>]*>)?/i, '$1<base target="_blank">'),
      };
    },
  };
}
