// What one client went through: every reply is compared with what the workers know must come back.
const KeptErrors = 10;

export class Verdict {
  constructor(client) {
    this.client = client;
    this.commands = 0;
    this.failed = 0;
    this.lost = 0;
    this.duplicated = 0;
    this.outOfOrder = 0;
    this.reconnects = 0;
    this.notifications = [];
    this.errors = [];
    this.idBefore = null;
    this.idAfter = null;
  }

  fail(where, error) {
    this.failed++;
    this.note(`${where}: ${error?.stack?.split('\n').slice(0, 3).join(' | ') ?? error}`);
  }

  note(text) {
    if (this.errors.length < KeptErrors) {
      this.errors.push(text);
    }
  }

  // A number that must be exactly one more than the last: smaller = a write was lost, larger = one was executed twice.
  next(where, expected, actual) {
    this.commands++;
    if (actual === expected) {
      return expected;
    }
    if (typeof actual !== 'number' || Number.isNaN(actual)) {
      this.outOfOrder++;
    } else if (actual < expected) {
      this.lost += expected - actual;
    } else {
      this.duplicated += actual - expected;
    }
    this.note(`${where}: expected ${expected}, got ${actual}`);
    return typeof actual === 'number' && !Number.isNaN(actual) ? actual : expected;
  }

  same(where, expected, actual) {
    this.commands++;
    if (actual !== expected) {
      this.outOfOrder++;
      this.note(`${where}: expected ${expected}, got ${actual}`);
    }
  }
}

// A stream of numbers 1, 2, 3 … as a subscriber or consumer sees it.
export class Sequence {
  constructor(verdict, where) {
    this.verdict = verdict;
    this.where = where;
    this.last = 0;
  }

  seen(number) {
    this.verdict.commands++;
    if (number === this.last + 1) {
      this.last = number;
      return;
    }
    if (number <= this.last) {
      this.verdict.duplicated++;
    } else {
      this.verdict.lost += number - this.last - 1;
    }
    this.verdict.note(`${this.where}: got ${number} after ${this.last}`);
    this.last = Math.max(this.last, number);
  }
}
