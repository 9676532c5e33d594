import { randomUUID } from 'node:crypto';
import { isAddress } from '../../connectors/email/email.js';
import type { MessageShop } from '../../connectors/templates/message-values.js';
import { fill, oneLine } from '../../connectors/templates/render.js';
import {
  REPLY_VALUES,
  type ReplyTemplate,
  unknownValues,
} from '../../connectors/templates/reply-templates.js';
import { readEmail } from '../../lib/values/email.js';
import { names } from '../orders/disclosure.js';
import { type AnsweredKind, type CaseRepositories, createCases, type ReplyCase } from './cases.js';
import { MAX_REPLIES, MAX_REPLY_LETTERS, type ReplyWay } from './reply.js';

/** What someone of the staff answers to the customer of a thing, as it was when they saw it. */
export interface ReplyWish {
  kind: AnsweredKind;
  id: string;
  version: number;
  by: string;
  text: string;
  /** Which of the shop's texts it was begun with. */
  template?: string | undefined;
  /** Whether a ticket is done with it. */
  isDone?: boolean | undefined;
}

type Replied =
  | { outcome: 'sent'; replyId: string; via: ReplyWay; version: number; status: string }
  /** `stale`: someone else has acted since. */
  | { outcome: 'not_found' | 'stale' }
  | { outcome: 'not_allowed'; sentence: string };

export interface RepliesOptions {
  repositories: CaseRepositories;
  /** Who carries answers: a CRM that writes to customers, our own mail. */
  ways: Record<ReplyWay, boolean>;
  isSuppressed: (email: string) => Promise<boolean>;
  templates: readonly ReplyTemplate[];
  shop: MessageShop;
}

/** Answers to customers: by the CRM where it has the case and writes to customers, else by mail to the address that the thing has. */
export function createReplies({ repositories, ways, isSuppressed, templates, shop }: RepliesOptions) {
  const cases = createCases(repositories, shop);

  /** How the customer of a thing can be answered, or why not. */
  async function wayTo(one: ReplyCase): Promise<{ via: ReplyWay } | { why: string }> {
    if (one.replies.length >= MAX_REPLIES)
      return { why: 'It has been answered too often to be answered here.' };
    if (one.isInCrm && ways.crm) return { via: 'crm' };
    if (!isAddress(one.address)) return { why: 'There is no address to answer to.' };
    if (!ways.email) return { why: 'Neither a CRM that writes to customers nor a mail server is set up.' };
    const email = readEmail(one.address);
    if (email && (await isSuppressed(email)))
      return { why: 'The address takes no mail from us: it came back, or was complained of.' };
    return { via: 'email' };
  }

  /** A text with what it names of a thing; what `kept` says stays a name. */
  function filled(text: string, { values }: ReplyCase, by: string, kept: readonly string[] = []): string {
    const all = { ...values, name: oneLine(values.name ?? '') || 'customer', shop: shop.name, agent: by };
    return fill(text, { ...all, ...Object.fromEntries(kept.map((name) => [name, `{{${name}}}`])) });
  }

  /** A thing whose customer can be answered, with how, and the texts that suit it. */
  async function look(kind: AnsweredKind, id: string) {
    const one = await cases[kind](id);
    return (
      one && {
        one,
        way: await wayTo(one),
        templates: templates.filter((t) => !t.for || t.for.includes(kind)),
      }
    );
  }

  /** Answers, if the thing is as it was seen. The reply and its delivery are one write. */
  async function send(wish: ReplyWish, at: Date): Promise<Replied> {
    const one = await cases[wish.kind](wish.id);
    if (!one) return { outcome: 'not_found' };
    if (one.version !== wish.version) return { outcome: 'stale' };
    const [unknown] = unknownValues(wish.text);
    if (unknown)
      return notAllowed(`{{${unknown}}} stands for nothing. There are ${REPLY_VALUES.join(', ')}.`);
    const text = cleaned(filled(wish.text, one, wish.by));
    if (!text) return notAllowed('An answer needs some words.');
    if (text.length > MAX_REPLY_LETTERS)
      return notAllowed(`An answer has ${MAX_REPLY_LETTERS} letters at most.`);
    if (names(text, one.secrets))
      return notAllowed(
        'Nobody has shown that the order is of this address: its parcel and its own address are not told there.',
      );
    const way = await wayTo(one);
    if ('why' in way) return notAllowed(way.why);
    const { via } = way;
    const reply = { replyId: randomUUID(), at, by: wish.by, text, via, template: wish.template };
    const kept = await one.keep(reply, at, wish.isDone ?? false);
    return kept ? { outcome: 'sent', replyId: reply.replyId, via, ...kept } : { outcome: 'stale' };
  }

  return { look, filled, send };
}

const notAllowed = (sentence: string): Replied => ({ outcome: 'not_allowed', sentence });

/** Lines as they are, without what no mail shows. */
const cleaned = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
