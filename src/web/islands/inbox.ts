import { followAlerts } from './inbox/follow-alerts.js';
import { sendForms } from './inbox/send-forms.js';

// Sends the forms of the inbox, and shows that alerts came in.

sendForms();
followAlerts();
