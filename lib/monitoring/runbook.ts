import { REPOSITORY_URL } from '../config';

const RUNBOOK = 'docs/runbook.md';

/** The address of a heading of the runbook, as it is written there. */
export function runbookUrl(heading: string): string {
  return `${REPOSITORY_URL}/${RUNBOOK}#${anchorOf(heading)}`;
}

/** The anchor that GitHub and GitLab give a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
