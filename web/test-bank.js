/**
 * Stands in for the window that the buyer's bank opens, where the cards are those of the local run.
 */
import { element } from './element.js';

/** @type {{ label: string, outcome?: 'succeeded' | 'failed', primary?: boolean }[]} */
const ANSWERS = [
  { label: 'Approve', outcome: 'succeeded', primary: true },
  { label: 'Refuse', outcome: 'failed' },
  { label: 'Close' },
];

/**
 * @param {string} clientSecret of the payment; it begins with the payment's id, as Stripe's do
 * @param {AbortSignal} closed takes the question away
 * @returns {Promise<void>} when it is answered, or closed without an answer
 */
export async function openTestBank(clientSecret, closed) {
  const [paymentIntentId = ''] = clientSecret.split('_secret_');
  const problem = element('p', { class: 'mistake', role: 'alert' });
  const dialog = element(
    'dialog',
    { class: 'test-bank', 'aria-labelledby': 'test-bank-title', 'aria-describedby': 'test-bank-text' },
    element('h2', { id: 'test-bank-title' }, 'Local stand-in for your bank'),
    element(
      'p',
      { id: 'test-bank-text' },
      'A real bank would ask you here to confirm the payment. Answer as the buyer would.',
    ),
    element('div', { class: 'actions' }, ...ANSWERS.map(answerButton)),
    problem,
    element('p', { class: 'visually-hidden', role: 'status', 'data-announcer': true }),
  );
  document.body.append(dialog);
  closed.addEventListener('abort', () => dialog.close());
  await new Promise((resolve) => {
    dialog.addEventListener('close', resolve);
    dialog.showModal();
  });
  dialog.remove();

  /** @param {typeof ANSWERS[number]} answer */
  function answerButton({ label, outcome, primary }) {
    const type = primary ? 'button primary' : 'button';
    const button = element('button', { type: 'button', class: type }, label);
    button.addEventListener('click', () => (outcome ? void answer(outcome) : dialog.close()));
    return button;
  }

  /** @param {'succeeded' | 'failed'} outcome */
  async function answer(outcome) {
    problem.textContent = '';
    const mistake = await tell(paymentIntentId, outcome).catch(() => 'The local run does not answer.');
    if (mistake) problem.textContent = mistake;
    else dialog.close();
  }
}

/**
 * @param {string} paymentIntentId
 * @param {'succeeded' | 'failed'} outcome
 * @returns {Promise<string | undefined>} why it was not taken
 */
async function tell(paymentIntentId, outcome) {
  const response = await fetch(`/local/payments/${encodeURIComponent(paymentIntentId)}/authentication`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ outcome }),
  });
  if (response.ok) return undefined;
  const { detail } = await response.json();
  return detail;
}
