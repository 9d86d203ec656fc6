import { UnsupportedLocally } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { type ResourceType } from '../cloudformation/resource-type';
import { type SesService } from './ses-service';

interface EventDestinationProperties {
  readonly Enabled?: boolean;
  readonly MatchingEventTypes: readonly string[];
  readonly Name?: string;
  readonly SnsDestination?: { readonly TopicARN: string };
}

const DESTINATION_PROPERTIES = new Set(['Enabled', 'MatchingEventTypes', 'Name', 'SnsDestination']);

/** As `AWS::SES::ConfigurationSet` and `AWS::SES::ConfigurationSetEventDestination` of CloudFormation, read November 2026. */
export function sesTypes(ses: SesService): Record<string, ResourceType> {
  return {
    'AWS::SES::ConfigurationSet': {
      properties: ['Name'],
      withoutLocalEffect: ['ReputationOptions', 'Tags'],
      create(request) {
        const { Name = physicalName(request, 64) } = request.properties as { Name?: string };
        ses.configurationSets.create(Name);
        return { ref: Name };
      },
    },

    'AWS::SES::ConfigurationSetEventDestination': {
      properties: ['ConfigurationSetName', 'EventDestination'],
      create(request) {
        const { ConfigurationSetName, EventDestination } = request.properties as {
          ConfigurationSetName: string;
          EventDestination: EventDestinationProperties;
        };
        const unknown = Object.keys(EventDestination).find((name) => !DESTINATION_PROPERTIES.has(name));
        if (unknown) {
          throw new UnsupportedLocally(`EventDestination.${unknown} of ${request.logicalId}`);
        }
        const { Enabled = false, MatchingEventTypes, SnsDestination } = EventDestination;
        if (!SnsDestination)
          throw new UnsupportedLocally(`An event destination without a topic (${request.logicalId})`);
        if (String(Enabled) === 'true') {
          ses.configurationSets.addDestination(ConfigurationSetName, {
            topicArn: SnsDestination.TopicARN,
            matchingEventTypes: MatchingEventTypes,
          });
        }
        return { ref: physicalName(request, 64) };
      },
    },
  };
}
