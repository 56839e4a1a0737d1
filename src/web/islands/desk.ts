import { sendOutbox } from './browser/sender.js';
import { LotAccess } from './desk/access.js';
import { Correct } from './desk/correct.js';
import { EventForm } from './desk/event-form.js';
import { mount } from './desk/mount.js';
import { OutboxCount, OutboxList } from './desk/outbox-list.js';
import { Receive } from './desk/receive.js';

// The parts of the desk that run in the browser. What an earlier page has signed and not sent is sent now.

mount({
  receive: Receive,
  form: EventForm,
  correct: Correct,
  access: LotAccess,
  outbox: OutboxList,
  count: OutboxCount,
});
sendOutbox();
