import { Stack, Stage } from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import { MAX_SEATS_PER_PURCHASE } from '../lambda/purchase/purchase';
import { LEAST_SALES_KEPT_DAYS } from '../lambda/shared/retention';
import { CheckoutStack } from './checkout-stack';
import { type StageConfig } from './config';
import { DataStack } from './data-stack';
import { EventStack } from './event-stack';
import { MonitoringStack } from './monitoring-stack';
import { setRepositoryUrl } from './alarm/runbook';
import { NotificationStack } from './notification-stack';
import { OrderStack } from './order-stack';
import { nameRegion, refuseGaps } from './readiness';
import { WebStack } from './web-stack';

const STAGE_NAME = /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/;

/** Everything one stage deploys. */
export class EventProStage extends Stage {
  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    if (!STAGE_NAME.test(config.name)) {
      throw new Error(
        `A stage is called by at most 20 lower-case letters, digits and hyphens, a letter first, not "${config.name}": ` +
          'names of queues, functions and policies begin with it',
      );
    }
    if (!Number.isInteger(config.unpaidSeats) || config.unpaidSeats < MAX_SEATS_PER_PURCHASE) {
      throw new Error(
        `${config.name}: unpaidSeats is a whole number from ${MAX_SEATS_PER_PURCHASE}, not ${config.unpaidSeats}: ` +
          'fewer, and a purchase of that many seats could never wait for its bank',
      );
    }
    if (!Number.isInteger(config.unpaidExtras) || config.unpaidExtras < 1) {
      throw new Error(`${config.name}: unpaidExtras is a whole number from 1, not ${config.unpaidExtras}`);
    }
    if (!(config.eventCancellationRate >= 1)) {
      throw new Error(
        `${config.name}: eventCancellationRate is at least 1 a second, not ${config.eventCancellationRate}: ` +
          'slower, and the buyers of a cancelled event would wait for days',
      );
    }
    if (config.salesKept.toDays() < LEAST_SALES_KEPT_DAYS) {
      throw new Error(
        `${config.name}: salesKept is at least ${LEAST_SALES_KEPT_DAYS} days, not ${config.salesKept.toDays()}: ` +
          'a payment may be disputed for as long, and without its record it would be given back',
      );
    }
    setRepositoryUrl(this, config.repositoryUrl);
    const { terminationProtection } = config;
    // Of the stack, and by CloudFormation of all its resources that can be tagged.
    const tags = { application: 'EventPro', stage: config.name, 'cost-centre': config.costCentre };
    const data = new DataStack(this, 'Data', { config, tags, terminationProtection });
    const notifications = new NotificationStack(this, 'Notification', {
      config,
      data,
      tags,
      terminationProtection,
    });
    const checkout = new CheckoutStack(this, 'Checkout', {
      ...{ config, data, notifications, tags, terminationProtection },
    });
    const events = new EventStack(this, 'Event', {
      ...{ config, data, notifications, publicUrl: checkout.publicUrl, tags, terminationProtection },
    });
    const orders = new OrderStack(this, 'Order', {
      ...{ config, data, notifications, checkout, tags, terminationProtection },
    });
    new MonitoringStack(this, 'Monitoring', {
      config,
      data,
      notifications,
      checkout,
      events,
      orders,
      tags,
      terminationProtection,
    });
    if (config.storefront) {
      new WebStack(this, 'Web', {
        ...{ config, storefront: config.storefront, api: checkout.api, tags, terminationProtection },
      });
    }
    // Set by the CLI, from the profile that deploys.
    nameRegion(checkout, process.env['CDK_DEFAULT_REGION']);
    refuseGaps(
      this.node.children.filter((child) => child instanceof Stack),
      config,
    );
  }
}
