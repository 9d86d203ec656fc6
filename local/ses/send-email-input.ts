/** The body of `POST /v2/email/outbound-emails`, as far as it is read here. */
export interface SendEmailInput {
  readonly FromEmailAddress?: string;
  readonly Destination?: {
    readonly ToAddresses?: readonly string[];
    readonly CcAddresses?: readonly string[];
    readonly BccAddresses?: readonly string[];
  };
  readonly ReplyToAddresses?: readonly string[];
  readonly ConfigurationSetName?: string;
  readonly EmailTags?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Content?: {
    readonly Simple?: {
      readonly Subject?: { readonly Data: string };
      readonly Body?: {
        readonly Text?: { readonly Data: string };
        readonly Html?: { readonly Data: string };
      };
      readonly Headers?: readonly { readonly Name: string; readonly Value: string }[];
    };
    /** `Data`: a MIME message in base64. */
    readonly Raw?: { readonly Data: string };
  };
}

/** What of it arrives in an inbox. */
export interface EmailContent {
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly raw?: string;
}
