import {
  type PDFDocument,
  PDFHexString,
  PDFName,
  PDFOperator,
  PDFOperatorNames,
  type PDFPage,
  type PDFRef,
} from '@cantoo/pdf-lib';

/** What a part of a page is to somebody who has it read aloud. */
export interface Part {
  readonly role: 'H1' | 'P' | 'Figure';
  /** What a picture shows. */
  readonly alternative?: string;
  /** What a line says, in the order of reading, where the order of drawing is another. */
  readonly text?: string;
}

/**
 * The structure of a tagged PDF (ISO 32000-1, 14.7 and 14.8): a section a page, and in it what is on the page, in the order of reading.
 * pdf-lib has no interface for it, so these are the objects themselves.
 */
export class StructureTree {
  private readonly root: PDFRef;
  private readonly whole: PDFRef;
  private readonly sections: { readonly page: PDFPage; readonly ref: PDFRef; readonly parts: PDFRef[] }[] =
    [];

  constructor(private readonly document: PDFDocument) {
    this.root = document.context.nextRef();
    this.whole = document.context.nextRef();
  }

  begin(page: PDFPage): PageStructure {
    const { context } = this.document;
    const section = { page, ref: context.nextRef(), parts: [] as PDFRef[] };
    page.node.set(PDFName.of('StructParents'), context.obj(this.sections.length));
    page.node.set(PDFName.of('Tabs'), PDFName.of('S'));
    this.sections.push(section);
    return new PageStructure(page, section.ref, section.parts);
  }

  /** Puts the tree into the document, once everything is drawn. */
  finish(): void {
    const { context, catalog } = this.document;
    for (const { ref, parts } of this.sections) {
      context.assign(ref, context.obj({ Type: 'StructElem', S: 'Sect', P: this.whole, K: parts }));
    }
    const sections = this.sections.map(({ ref }) => ref);
    context.assign(this.whole, context.obj({ Type: 'StructElem', S: 'Document', P: this.root, K: sections }));
    const parents = this.sections.flatMap(({ parts }, index) => [index, parts]);
    context.assign(
      this.root,
      context.obj({
        ...{ Type: 'StructTreeRoot', K: this.whole },
        ...{ ParentTree: { Nums: parents }, ParentTreeNextKey: sections.length },
      }),
    );
    catalog.set(PDFName.of('StructTreeRoot'), this.root);
    catalog.set(PDFName.of('MarkInfo'), context.obj({ Marked: true }));
  }
}

/** The structure of one page. */
export class PageStructure {
  constructor(
    private readonly page: PDFPage,
    private readonly section: PDFRef,
    private readonly parts: PDFRef[],
  ) {}

  /** Marks what is drawn as a part of the page. */
  part({ role, alternative, text }: Part, draw: () => void): void {
    const { context } = this.page.doc;
    const number = this.parts.length;
    const element = context.obj({
      Type: 'StructElem',
      S: role,
      P: this.section,
      Pg: this.page.ref,
      K: number,
    });
    if (alternative !== undefined) element.set(PDFName.of('Alt'), PDFHexString.fromText(alternative));
    if (text !== undefined) element.set(PDFName.of('ActualText'), PDFHexString.fromText(text));
    this.parts.push(context.register(element));
    this.marked(PDFOperatorNames.BeginMarkedContentSequence, [`/${role}`, `<< /MCID ${number} >>`], draw);
  }

  /** Marks what is drawn as decoration. */
  decoration(draw: () => void): void {
    this.marked(PDFOperatorNames.BeginMarkedContent, ['/Artifact'], draw);
  }

  private marked(begin: PDFOperatorNames, operands: string[], draw: () => void): void {
    this.page.pushOperators(PDFOperator.of(begin, operands));
    draw();
    this.page.pushOperators(PDFOperator.of(PDFOperatorNames.EndMarkedContent));
  }
}
