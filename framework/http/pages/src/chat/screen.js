// What is shown around the conversation: the bar with the way, the notice, the status, the dialogs.
import { shown } from './text.js';

export const at = (id) => document.getElementById(id);

function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

export function complain(words, good = false) {
  const notice = at('notice');
  notice.hidden = !words;
  notice.classList.toggle('good', good);
  put(notice, words);
}

// share: how far it is, which is seen but not read out at every step.
export function tell(words, share = '') {
  at('status').classList.toggle('at-work', Boolean(words));
  put(at('status-words'), words);
  put(at('status-share'), share);
}

// An end need not be a success, such as one where a person has to help: so nothing is claimed there.
export function showWay({ steps, ended }) {
  const { step, of } = steps ?? { step: 0, of: 0 };
  const meter = at('meter');
  meter.hidden = !of || ended;
  meter.setAttribute('aria-valuemax', String(of || 1));
  meter.setAttribute('aria-valuenow', String(Math.min(step, of)));
  const words = !of ? '' : ended ? 'Finished' : `Step ${step} of ${of}`;
  meter.setAttribute('aria-valuetext', words || 'Not begun');
  put(at('steps'), words);
  at('meter-fill').style.width = of ? `${Math.round(((step - 1) / of) * 100)}%` : '0';
}

export function showTexts(texts) {
  document.title = [texts.title, texts.club].filter(Boolean).join(' · ');
  put(at('club'), texts.club);
  put(at('title'), texts.title);
  put(at('new'), texts.new_chat);
  put(at('ask-new-text'), texts.new_chat_ask);
}

// editable() -> what may be changed now; change(entry) of it; begin() a new conversation.
export function bindDialogs({ editable, change, begin }) {
  at('new').addEventListener('click', () => at('ask-new').showModal());
  at('ask-new-no').addEventListener('click', () => at('ask-new').close());
  at('ask-new-yes').addEventListener('click', () => {
    at('ask-new').close();
    begin();
  });
  at('change').addEventListener('click', () => {
    const entries = editable();
    if (entries.length === 0) return;
    at('changes').replaceChildren(...entries.map((entry) => {
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'choice' });
      button.textContent = shown(entry.label);
      button.addEventListener('click', () => {
        at('ask-change').close();
        change(entry);
      });
      const line = document.createElement('li');
      line.append(button);
      return line;
    }));
    at('ask-change').showModal();
  });
  at('ask-change-no').addEventListener('click', () => at('ask-change').close());
}
