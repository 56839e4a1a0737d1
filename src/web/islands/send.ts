import { sendForms } from './inbox/send-forms.js';

// Sends the forms of pages that have nothing else to follow.

sendForms();
