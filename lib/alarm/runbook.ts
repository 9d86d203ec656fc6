import { type Construct } from 'constructs';

const RUNBOOK = 'docs/runbook.md';

const REPOSITORY_URL = 'eventpro:repositoryUrl';

/** Says where this repository is read, to everything below `scope`. */
export function setRepositoryUrl(scope: Construct, url: string | undefined): void {
  if (url !== undefined) scope.node.setContext(REPOSITORY_URL, url.replace(/\/+$/, ''));
}

/** The address of the runbook or of a heading of it; its path in the repository where nobody said where that is read. */
export function runbookAddress(scope: Construct, heading?: string): string {
  const repository = scope.node.tryGetContext(REPOSITORY_URL) as string | undefined;
  const page = repository === undefined ? RUNBOOK : `${repository}/${RUNBOOK}`;
  return heading === undefined ? page : `${page}#${anchorOf(heading)}`;
}

/** The anchor that GitHub and GitLab give a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
