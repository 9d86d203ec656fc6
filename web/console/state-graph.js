/**
 * @import { ExecutionRecord, GraphEdge, GraphNode, StateMachine } from './control-routes.js'
 * @import { Visit } from './visits.js'
 */
import { element } from '../element.js';
import { counted } from './format.js';
import { isBroken, isTaken } from './graph-path.js';
import { curve, svg } from './svg.js';
import { retriesOf } from './visits.js';

/** @type {Record<string, { sign: string, words: string }>} */
const SIGNS = {
  '': { sign: '', words: 'not visited' },
  running: { sign: '▸', words: 'running' },
  succeeded: { sign: '✓', words: 'succeeded' },
  caught: { sign: '!', words: 'failed, and was caught' },
  failed: { sign: '✕', words: 'failed' },
  waiting: { sign: '‖', words: 'waits for an answer' },
  stopped: { sign: '■', words: 'the execution died here' },
};

/** The state machine as it was synthesised, with the way that an execution took. */
export class StateGraph {
  element = element('div', {
    class: 'graph-box',
    tabindex: '0',
    role: 'region',
    'aria-label': 'Graph of the states',
  });
  #select;
  #machine = '';
  /** @type {Map<string, { kind: string, group: SVGGElement, sign: SVGTextElement, retries: SVGGElement }>} */
  #nodes = new Map();
  /** @type {{ edge: GraphEdge, path: SVGPathElement }[]} */
  #edges = [];

  /** @param {(state: string) => void} select called with the state that is chosen */
  constructor(select) {
    this.#select = select;
  }

  /**
   * @param {StateMachine} machine
   * @param {ExecutionRecord} execution
   * @param {readonly Visit[]} visits
   * @param {string} selected state
   * @param {ReadonlySet<string>} compensations
   */
  show(machine, { status: ended }, visits, selected, compensations) {
    const isNew = this.#machine !== machine.arn;
    if (isNew) this.#draw(machine, compensations);
    for (const { edge, path } of this.#edges) {
      path.toggleAttribute('data-taken', isTaken(edge, visits));
      path.toggleAttribute('data-broken', isBroken(edge, visits, ended));
    }
    // Later in the drawing is on top.
    for (const { path } of this.#edges) if (path.hasAttribute('data-taken')) path.parentNode?.append(path);

    for (const [state, { kind, group, sign, retries }] of this.#nodes) {
      const visited = visits.filter((visit) => visit.state === state);
      const status = statusOf(visited);
      const retried = visited.reduce((sum, visit) => sum + retriesOf(visit), 0);
      const { sign: mark, words } = SIGNS[status] ?? { sign: '', words: status };
      group.dataset.status = status;
      group.setAttribute('aria-pressed', String(state === selected));
      sign.textContent = mark;
      retries.setAttribute('visibility', retried > 0 ? 'visible' : 'hidden');
      const [, count] = retries.children;
      if (count) count.textContent = `↻ ${retried}`;
      group.setAttribute(
        'aria-label',
        [
          // First what is to be read in the drawing, in its order: whoever speaks to the page says what is seen ("Label in Name", WCAG 2.2).
          [state, kind, ...(retried > 0 ? [counted(retried, 'retry', 'retries')] : [])].join(' '),
          words,
          ...(visited.length > 1 ? [timesOf(visited)] : []),
        ].join(', '),
      );
    }
    if (isNew) this.#reveal(selected);
  }

  /**
   * On a phone the drawing is wider than its box.
   *
   * @param {string} selected state
   */
  #reveal(selected) {
    const group = this.#nodes.get(selected)?.group;
    if (!group) return;
    const { left, width } = this.element.getBoundingClientRect();
    const node = group.getBoundingClientRect();
    this.element.scrollLeft += node.left + node.width / 2 - (left + width / 2);
  }

  /**
   * @param {StateMachine} machine
   * @param {ReadonlySet<string>} compensations
   */
  #draw({ arn, graph }, compensations) {
    this.#machine = arn;
    const { width, height, nodes, edges } = graph;
    this.#edges = edges.map((edge) => ({ edge, path: drawEdge(edge) }));
    this.#nodes = new Map(
      nodes.map((node) => [node.state, this.#drawNode(node, compensations.has(node.state))]),
    );
    const groups = [...this.#nodes.values()].map(({ group }) => group);
    const isBox = (/** @type {SVGGElement} */ group) => 'container' in group.dataset;
    this.element.replaceChildren(
      svg(
        'svg',
        {
          viewBox: `0 0 ${width} ${height}`,
          width,
          height,
          class: 'graph',
          role: 'group',
          'aria-label': 'States',
        },
        arrowheads(),
        // The ways within a box are drawn upon it.
        svg('g', {}, ...groups.filter(isBox)),
        svg('g', {}, ...this.#edges.map(({ path }) => path)),
        svg('g', {}, ...groups.filter((group) => !isBox(group))),
      ),
      legend(),
    );
  }

  /**
   * @param {GraphNode} node
   * @param {boolean} compensation
   */
  #drawNode(node, compensation) {
    const { state, type, calls, isContainer, x, y, width, height } = node;
    const kind = compensation ? 'compensation' : (calls ?? type);
    // A box has its name at the top, above what is in it.
    const middle = isContainer ? 22 - height / 2 : 0;
    const sign = svg('text', {
      'aria-hidden': 'true',
      class: 'node-sign',
      x: -width / 2 + 18,
      y: middle + 5,
      'text-anchor': 'middle',
    });
    const retries = svg(
      'g',
      { 'aria-hidden': 'true', class: 'retries', transform: `translate(${width / 2 - 14}, ${-height / 2})` },
      svg('rect', { x: -20, y: -10, width: 40, height: 20, rx: 10 }),
      svg('text', { y: 4, 'text-anchor': 'middle' }),
    );
    const group = svg(
      'g',
      {
        ...{ class: 'node', transform: `translate(${x}, ${y})`, role: 'button', tabindex: 0 },
        ...{ 'data-state': state, 'data-type': type, ...(compensation && { 'data-compensation': '' }) },
        ...(isContainer && { 'data-container': '' }),
      },
      svg('rect', { x: -width / 2, y: -height / 2, width, height, rx: type === 'Choice' ? 22 : 9 }),
      sign,
      svg('text', { class: 'node-name', x: 10, y: middle, 'text-anchor': 'middle' }, `${state} `),
      svg('text', { class: 'node-type', x: 10, y: middle + 14, 'text-anchor': 'middle' }, kind),
      retries,
    );
    const choose = () => this.#select(state);
    group.addEventListener('click', choose);
    group.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      choose();
    });
    return { kind, group, sign, retries };
  }
}

/** @type {Visit['status'][]} what matters most of several iterations at once, before the last */
const FIRST_SHOWN = ['running', 'waiting'];

/**
 * @param {readonly Visit[]} visited one state
 * @returns {Visit['status'] | ''}
 */
function statusOf(visited) {
  const shown = FIRST_SHOWN.find((status) => visited.some((visit) => visit.status === status));
  const last = visited.at(-1);
  // Of iterations, one that failed tells more than the one that was last.
  const failed = last?.within.length ? visited.find(({ status }) => status !== 'succeeded') : undefined;
  return shown ?? failed?.status ?? last?.status ?? '';
}

/**
 * `3 times: 2 succeeded, 1 failed`.
 *
 * @param {readonly Visit[]} visited
 */
function timesOf(visited) {
  const each = [...new Set(visited.map(({ status }) => status))].map(
    (status) => `${visited.filter((visit) => visit.status === status).length} ${status}`,
  );
  return `${visited.length} times: ${each.join(', ')}`;
}

/** @param {GraphEdge} edge */
function drawEdge({ from, to, kind, errors, points }) {
  return svg(
    'path',
    { class: 'edge', d: curve(points), 'data-from': from, 'data-to': to, 'data-kind': kind },
    svg('title', {}, errors ? `${from} → ${to}: ${errors.join(', ')}` : `${from} → ${to}`),
  );
}

/** One for each colour of a line, as a marker does not take that of its line everywhere. */
function arrowheads() {
  return svg(
    'defs',
    {},
    ...['idle', 'taken', 'caught'].map((name) =>
      svg(
        'marker',
        {
          ...{ id: `arrow-${name}`, class: `arrow ${name}`, viewBox: '0 0 8 8', refX: 7, refY: 4 },
          ...{ markerWidth: 8, markerHeight: 8, markerUnits: 'userSpaceOnUse', orient: 'auto' },
        },
        svg('path', { d: 'M0,0 L8,4 L0,8 z' }),
      ),
    ),
  );
}

function legend() {
  const line = (/** @type {string} */ kind, /** @type {string} */ text) =>
    element('li', {}, element('span', { class: 'key', 'data-key': kind }), text);
  return element(
    'ul',
    { class: 'graph-legend', 'aria-label': 'Legend' },
    line('taken', 'way taken'),
    line('catch', 'after an error'),
    line('broken', 'died here'),
    line('compensation', 'compensation'),
  );
}
