import { Annotations, CfnParameter, CfnRule, Fn, type Stack } from 'aws-cdk-lib';
import { DURABLE_FUNCTION_REGIONS, type StageConfig } from './config';

/** A value of lib/config.ts without which a stage would be deployed for nothing. */
export interface Gap {
  readonly field: string;
  readonly consequence: string;
}

/** What a stage that keeps its data cannot do without. The others may be tried with nothing filled in. */
export function gapsOf(config: StageConfig): readonly Gap[] {
  if (!config.retainData) return [];
  const gaps: readonly (Gap & { open: boolean })[] = [
    {
      field: 'emailSender',
      consequence: `${config.emailSender} can send no mail: take an address of your own, and verify it in SES`,
      open: isPlaceholder(config.emailSender),
    },
    {
      field: 'onCallEmails',
      consequence: 'no alarm calls anybody',
      open: (config.onCallEmails ?? []).every(isPlaceholder),
    },
    {
      field: 'repositoryUrl',
      consequence: 'no alarm links to the runbook that says what to do',
      open: !config.repositoryUrl || isPlaceholder(new URL(config.repositoryUrl).host),
    },
    {
      field: 'storefront.stripePublishableKey',
      consequence: 'the pages show seats and sell none',
      open: config.storefront !== undefined && !config.storefront.stripePublishableKey,
    },
  ];
  return gaps.filter(({ open }) => open).map(({ field, consequence }) => ({ field, consequence }));
}

/**
 * Lets `cdk synth` pass with a warning for each gap, and CloudFormation refuse the stacks: a rule is looked at before
 * anything is created or changed, and judges parameters, so there is one ("CloudFormation template Rules syntax", read
 * November 2026).
 */
export function refuseGaps(stacks: readonly Stack[], config: StageConfig): void {
  const gaps = gapsOf(config);
  if (gaps.length === 0) return;
  for (const stack of stacks) {
    const accepted = new CfnParameter(stack, 'DeployWithGaps', {
      description: `yes deploys ${config.name} although lib/config.ts is not filled in`,
      allowedValues: ['no', 'yes'],
      default: 'no',
    });
    new CfnRule(stack, 'FilledIn', {
      assertions: gaps.map((gap) => ({
        assert: Fn.conditionEquals(accepted.valueAsString, 'yes'),
        assertDescription: `Fill in ${config.name} in lib/config.ts: ${textOf(gap)}`,
      })),
    });
  }
  for (const gap of gaps) {
    Annotations.of(stacks[0]!).addWarningV2(
      `eventpro:${gap.field}`,
      `${config.name} cannot be deployed before lib/config.ts is filled in: ${textOf(gap)}`,
    );
  }
}

/**
 * Names a region in which durable functions are not known to be. It warns and does not refuse, because AWS adds regions and no
 * list of ours is the newest.
 *
 * @param region what the CLI deploys to by its profile or `AWS_REGION`. @default it is not known at this moment
 */
export function nameRegion(stack: Stack, region: string | undefined): void {
  if (region === undefined || DURABLE_FUNCTION_REGIONS.includes(region)) return;
  Annotations.of(stack).addWarningV2(
    'eventpro:region',
    `CancelEvent, AnnounceChange and SendEventMessages are Lambda durable functions, and those are not known to be in ${region}: ` +
      `${DURABLE_FUNCTION_REGIONS.join(', ')} have them. If AWS has them there now, add it to DURABLE_FUNCTION_REGIONS in lib/config.ts`,
  );
}

export function textOf({ field, consequence }: Gap): string {
  return `${field}: ${consequence}`;
}

/** At a domain that RFC 2606 sets aside for examples. */
function isPlaceholder(address: string): boolean {
  return /(^|[@.])(example|example\.(com|net|org)|invalid|localhost)>?\s*$/i.test(address);
}
