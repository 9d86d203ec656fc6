import { Graph, layout } from '@dagrejs/dagre';
import { type StateEdge, type StateGraph, type StateNode } from './state-graph';

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/**
 * A graph with a place for everything, in pixels from the top left; `x` and `y` of a node are its middle. What is within a state
 * comes after it, and lies in its box.
 */
export interface DrawnGraph {
  readonly startAt: string;
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly (StateEdge & { readonly points: readonly Point[] })[];
}

type PlacedNode = Omit<StateNode, 'inner'> &
  Box & {
    /** It is a box around others. @default false */
    readonly isContainer?: true;
  };

/** Pixels of a character at the font size of the console's graph, rounded up, and what is left and right of a name. */
const CHARACTER = 7.8;
const PADDING = 52;
const NODE_HEIGHT = 44;
const MARGIN = 12;
/** Above what is within a state: its name. */
const CONTAINER_HEADER = 40;

/** Against 1 for the ways after an error, of which there are many. */
const ORDINARY_WEIGHT = 20;

/** How dagre may align the nodes; which one draws best depends on the graph. */
const ALIGNMENTS = [undefined, 'UL', 'UR', 'DL', 'DR'] as const;

/** Places the states from top to bottom, so that the ordinary way is as straight as it can be. */
export function layOut(graph: StateGraph): DrawnGraph {
  const contents = new Map(
    graph.nodes.flatMap(({ state, inner }) => (inner ? [[state, inner.map(layOut)] as const] : [])),
  );
  const drawn = ALIGNMENTS.map((align) => drawGraph(graph, contents, align));
  const best = drawn.reduce((better, each) => (bends(each) < bends(better) ? each : better));
  const within = best.nodes.flatMap((node) => placedWithin(node, contents.get(node.state) ?? []));
  return {
    ...best,
    nodes: [...best.nodes, ...within.flatMap(({ nodes }) => nodes)],
    edges: [...best.edges, ...within.flatMap(({ edges }) => edges)],
  };
}

/** Graphs side by side in the box of the state that they are within. */
function placedWithin(box: Box, graphs: readonly DrawnGraph[]): DrawnGraph[] {
  const whole = graphs.reduce((sum, { width }) => sum + width, 0);
  const top = box.y - box.height / 2 + CONTAINER_HEADER;
  let left = box.x - whole / 2;
  return graphs.map((graph) => {
    const [dx, dy] = [left, top];
    left += graph.width;
    const moved = <Placed extends Point>(placed: Placed): Placed => ({
      ...placed,
      x: Math.round(placed.x + dx),
      y: Math.round(placed.y + dy),
    });
    return {
      ...graph,
      nodes: graph.nodes.map(moved),
      edges: graph.edges.map((edge) => ({ ...edge, points: edge.points.map(moved) })),
    };
  });
}

function sizeOf(state: string, graphs: readonly DrawnGraph[] | undefined): Pick<Box, 'width' | 'height'> {
  const width = Math.ceil(state.length * CHARACTER + PADDING);
  if (!graphs) return { width, height: NODE_HEIGHT };
  return {
    width: Math.max(
      width,
      graphs.reduce((sum, each) => sum + each.width, 0),
    ),
    height: CONTAINER_HEADER + Math.max(...graphs.map(({ height }) => height)),
  };
}

function drawGraph(
  { startAt, nodes, edges }: StateGraph,
  contents: ReadonlyMap<string, readonly DrawnGraph[]>,
  align: (typeof ALIGNMENTS)[number],
): DrawnGraph {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: 'TB',
    align,
    nodesep: 20,
    ranksep: 40,
    edgesep: 12,
    marginx: MARGIN,
    marginy: MARGIN,
  });
  for (const { state } of nodes) {
    graph.setNode(state, sizeOf(state, contents.get(state)));
  }
  for (const edge of edges) {
    const weight = isOrdinary(edge, nodes) ? ORDINARY_WEIGHT : 1;
    graph.setEdge(edge.from, edge.to, { weight }, edge.kind);
  }
  layout(graph);

  const { width = 0, height = 0 } = graph.graph() as Partial<Box>;
  return framed({
    ...{ startAt, width, height },
    nodes: nodes.map(({ inner, ...node }) => ({
      ...node,
      ...boxOf(graph.node(node.state) as Box),
      ...(inner && { isContainer: true as const }),
    })),
    edges: edges.map((edge) => {
      const { points } = graph.edge(edge.from, edge.to, edge.kind) as { points: Point[] };
      const [from, to] = [graph.node(edge.from) as Box, graph.node(edge.to) as Box];
      const way = isStrayed(points, from, to) ? straightWay(from, to) : points;
      return { ...edge, points: way.map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) })) };
    }),
  });
}

/** Dagre's frame holds the nodes; a way that goes around them may leave it on either side. */
function framed({ nodes, edges, width, height, ...rest }: DrawnGraph): DrawnGraph {
  const xs = edges.flatMap(({ points }) => points.map(({ x }) => x));
  const left = Math.max(0, MARGIN - Math.min(...xs, MARGIN));
  const right = Math.max(width, Math.max(...xs, 0) + MARGIN);
  const moved = <Placed extends Point>(placed: Placed): Placed => ({ ...placed, x: placed.x + left });
  return {
    ...{ ...rest, width: Math.ceil(left + right), height: Math.ceil(height) },
    nodes: nodes.map(moved),
    edges: edges.map((edge) => ({ ...edge, points: edge.points.map(moved) })),
  };
}

function isOrdinary({ from, kind }: StateEdge, nodes: readonly StateNode[]): boolean {
  return kind !== 'catch' && nodes.some(({ state, afterError }) => state === from && !afterError);
}

/** Pixels that the ordinary way goes to the side. */
function bends({ nodes, edges }: DrawnGraph): number {
  const xOf = (name: string) => nodes.find(({ state }) => state === name)?.x ?? 0;
  const ordinary = edges.filter((edge) => isOrdinary(edge, nodes));
  return ordinary.reduce((sum, { from, to }) => sum + Math.abs(xOf(from) - xOf(to)), 0);
}

function boxOf({ x, y, width, height }: Box): Box {
  return { x: Math.round(x), y: Math.round(y), width, height };
}

/** Between neighbouring ranks nothing is in the way, and dagre goes around something all the same where edges cross. */
function isStrayed(points: readonly Point[], from: Box, to: Box): boolean {
  const isNext = to.y > from.y && to.y - from.y < 2.5 * NODE_HEIGHT;
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  return isNext && points.some(({ x }) => x < left - from.width || x > right + to.width);
}

/** From the side of the one that is nearer to the side of the other, so that it leaves the middles to the ordinary way. */
function straightWay(from: Box, to: Box): Point[] {
  const towards = Math.sign(to.x - from.x);
  const start = { x: from.x + (towards * from.width) / 4, y: from.y + from.height / 2 };
  const end = { x: to.x - (towards * to.width) / 4, y: to.y - to.height / 2 };
  return [start, { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }, end];
}
