// The live page: connects the events of the server with the cards.

import type { PageHead, PageHealth, PageValues } from '../present/page-data';
import { number } from '../present/units';
import { Card } from './card';
import { onOtherColors } from './colors';
import { connectControls } from './controls';
import { Drawing } from './drawing';
import { byId, setText } from './element';
import { Family } from './family';
import { Feed } from './feed';
import { showConnection, showHealth } from './health';
import { isAdmitted, isFound, newView } from './view';

/** The most families that the page asks for by name. */
const MOST_NAMES = 40;

const view = newView();
/** All cards by the names of their families. */
const cards = new Map<string, Card>();
/** The same cards by their elements. */
const byArticle = new WeakMap<Element, Card>();
let health: PageHealth | undefined;

const drawing = new Drawing<Card>((card) => {
  if (isShown(card)) card.draw(view);
});

const sight = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const card = byArticle.get(target);
      if (card === undefined) continue;
      card.isInSight = isIntersecting;
      if (isIntersecting) drawing.ask(card);
    }
    wantThoseInSight();
  },
  { rootMargin: '200px' },
);

const feed = new Feed({
  connected: showConnection,
  health(now) {
    health = now;
    showHealth(now, view.isPaused);
  },
  catalog(heads) {
    const ordered = heads.toSorted((one, other) => rankOf(one) - rankOf(other));
    for (const head of ordered) takeHead(head);
    place(ordered);
    const names = new Set(heads.map(({ name }) => name));
    for (const [name, { article }] of cards) {
      if (names.has(name)) continue;
      sight.unobserve(article);
      article.remove();
      cards.delete(name);
    }
    arrange();
  },
  values({ time, families }: PageValues) {
    for (const change of families) cards.get(change.name)?.family.take(time, change);
    if (!view.isPaused) drawAll();
  },
});

connectControls(view, shownArticles, () => {
  if (health !== undefined) showHealth(health, view.isPaused);
  arrange();
  drawAll();
});

onOtherColors(drawAll);

function shownArticles(): HTMLElement[] {
  const articles = [...byId('families').children] as HTMLElement[];
  return articles.filter(({ hidden }) => !hidden);
}

function takeHead(head: PageHead): void {
  const known = cards.get(head.name);
  if (known !== undefined && known.family.head.type === head.type) {
    known.family.head = head;
    return;
  }
  known?.article.remove();
  const card = new Card(new Family(head), () => drawing.ask(card));
  cards.set(head.name, card);
  byArticle.set(card.article, card);
  sight.observe(card.article);
}

/** The application's own metrics come first, then those of its processes, then those of the heap. */
function rankOf({ name }: PageHead): number {
  if (name.startsWith('mpmetrics_')) return 2;
  return /^(process|nodejs)_/.test(name) ? 1 : 0;
}

/** Brings the cards into this order. A card in its place is not moved, so it keeps the focus. */
function place(heads: readonly PageHead[]): void {
  const list = byId('families');
  for (const [at, { name }] of heads.entries()) {
    const article = cards.get(name)?.article;
    const there = list.children[at] ?? null;
    if (article !== undefined && article !== there) list.insertBefore(article, there);
  }
}

/** Shows the families that search and filter admit. */
function arrange(): void {
  let shown = 0;
  for (const { article, family } of cards.values()) {
    const { series, head } = family;
    // The labels of a family that was never read are not known.
    const isAny =
      view.filter === '' ||
      series.length === 0 ||
      series.some(({ labels }) => isAdmitted(labels, view.filter));
    article.hidden = !(isAny && isFound(head, view.search));
    if (!article.hidden) shown += 1;
  }
  const all = `${number(cards.size)} metrics`;
  setText(byId('count'), shown === cards.size ? all : `${number(shown)} of ${all}`);
}

function drawAll(): void {
  for (const card of cards.values()) if (isShown(card)) drawing.ask(card);
}

function isShown({ isInSight, article }: Card): boolean {
  return isInSight && !article.hidden;
}

function wantThoseInSight(): void {
  const wanted = [...cards.values()].filter(
    ({ isInSight, family }) => isInSight && !family.head.isKept,
  );
  feed.want(wanted.slice(0, MOST_NAMES).map(({ family }) => family.head.name));
}
